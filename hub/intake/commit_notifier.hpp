// Wakes those who wait for a tenant's next event.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/id.hpp"
#include "hub/core/limits/quota.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace katydid::intake {

/// Told by the intake of every loop when an event was committed; long polls wait for it.
///
/// Other hubs that share the store do not notify here: where there are some, a waiter looks again
/// after `look_interval` at the latest. After a commit it looks again sooner, for what is not final
/// before the commits of other hubs that are under way (EventQuery::by_commit).
///
/// A waiter looks into the store after its start and before each wait(): an event between the two
/// is not missed.
/// Bounded: so many may wait in the whole hub and for each tenant, and some places are kept for
/// tenants of which no caller waits. Thread safety: all calls from any loop.
class CommitNotifier {
public:
    static constexpr Quota waiters{1'024, 256, 128};
    static constexpr milliseconds look_interval{500};
    static constexpr milliseconds look_again{5};

    /// Whether other hubs may share the store.
    void set_shared(bool shared) noexcept { is_shared_ = shared; }

    /// Costs one atomic read when no caller waits.
    void notify(const TenantId& tenant)
    {
        if (waiting_.load(std::memory_order_seq_cst) == 0) return;
        notify_waiters(tenant);
    }

    /// Commits count from its start.
    class Waiter {
    public:
        /// \param executor  of the loop that waits
        /// \param on_commit  called there at each commit, or at several together; may be null. The
        ///                   waiter may have gone by then
        Waiter(CommitNotifier& notifier, const TenantId& tenant, asio::any_io_executor executor,
               std::function<void()> on_commit = nullptr);
        ~Waiter();
        Waiter(const Waiter&) = delete;
        Waiter& operator=(const Waiter&) = delete;

        /// False: too many wait already, and this one must not.
        [[nodiscard]] bool is_admitted() const noexcept { return state_ != nullptr; }
        /// Returns at once when there was a commit since the last call (or the start), else with
        /// the next one, at the deadline, or when it is time to look for other hubs' events. Only
        /// when admitted. Cancellation: as AsyncEvent::wait.
        awaitable<void> wait(SteadyTime until);

    private:
        friend class CommitNotifier;
        struct State;
        CommitNotifier& notifier_;
        TenantId tenant_;
        std::shared_ptr<State> state_;
        milliseconds pause_ = look_again;  ///< until the next look
    };

    /// Commits of other hubs are not told here: look again every look_interval.
    [[nodiscard]] bool is_shared() const noexcept { return is_shared_; }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.load(); }

private:
    void notify_waiters(const TenantId& tenant);

    std::atomic<std::size_t> waiting_{0};
    std::atomic<bool> is_shared_{false};
    std::mutex mutex_;
    std::unordered_map<TenantId, std::vector<std::shared_ptr<Waiter::State>>> tenants_;
};

}  // namespace katydid::intake
