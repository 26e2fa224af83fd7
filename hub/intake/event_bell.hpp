// Wakes those who wait for a tenant's next event.
#pragma once

#include "hub/core/asio.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/id.hpp"
#include "hub/core/quota.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace katydid::intake {

/// Rung by the intake of every loop when an event was committed; long polls wait for it.
///
/// Other hubs that share the store do not ring here: where there are some, a waiter looks again
/// after `look_interval` at the latest.
///
/// A waiter first notes how often the bell was rung (`mark`), then looks into the store, and then
/// waits for another ring than those: an event between the two is not missed.
/// Bounded: so many may wait in the whole hub and for each tenant, and some places are kept for
/// tenants of which nobody waits. Thread safety: all calls from any loop.
class EventBell {
public:
    static constexpr Quota waiters{1'024, 256, 128};
    static constexpr milliseconds look_interval{500};

    /// Whether other hubs share the store.
    void set_shared(bool shared) noexcept { is_shared_ = shared; }

    /// Costs one atomic read when nobody waits.
    void ring(const TenantId& tenant)
    {
        if (interested_.load(std::memory_order_seq_cst) == 0) return;
        ring_for(tenant);
    }

    /// Held by whoever wants to wait: rings count from its start.
    class Watch {
    public:
        Watch(EventBell& bell, const TenantId& tenant, asio::any_io_executor executor);
        ~Watch();
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;

        /// False: too many wait already, and this one must not.
        [[nodiscard]] bool is_admitted() const noexcept { return state_ != nullptr; }
        /// Returns at once when it was rung since the last call (or the start), else with the next
        /// ring, at the deadline, or when it is time to look for other hubs' events. Only when
        /// admitted. Cancellation ends the wait.
        awaitable<void> wait(SteadyTime until);

    private:
        friend class EventBell;
        struct State;
        EventBell& bell_;
        TenantId tenant_;
        std::shared_ptr<State> state_;
    };

    [[nodiscard]] std::size_t waiting() const noexcept { return interested_.load(); }

private:
    void ring_for(const TenantId& tenant);

    std::atomic<std::size_t> interested_{0};
    std::atomic<bool> is_shared_{false};
    std::mutex mutex_;
    std::unordered_map<TenantId, std::vector<std::shared_ptr<Watch::State>>> watches_;
};

}  // namespace katydid::intake
