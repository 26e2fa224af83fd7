// Deliveries to be attempted: who owns them, claims them, and what attempts came to.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/delivery.hpp"
#include "hub/core/error.hpp"
#include "hub/core/event.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace katydid::store {

/// How long this hub owns a subscription, where several hubs share one store.
///
/// The store renews it; holders ask before each send. Thread safety: all calls may race.
class Lease {
public:
    /// Whether it still holds at `now`, which the asker moves ahead by its margin.
    [[nodiscard]] bool holds_at(Timestamp now) const noexcept
    {
        return to_integer(now) < ends_at_.load(std::memory_order_relaxed);
    }
    void renew_until(Timestamp end) noexcept { ends_at_.store(to_integer(end)); }
    void end() noexcept { ends_at_.store(0); }

private:
    static std::int64_t to_integer(Timestamp time) noexcept
    {
        return time.time_since_epoch().count();
    }
    std::atomic<std::int64_t> ends_at_{0};
};

using LeasePtr = std::shared_ptr<const Lease>;

/// A delivery that this hub may attempt now. No other claim returns it until it is settled or
/// released.
struct Work {
    Delivery delivery;
    EventPtr event;
    LeasePtr lease{};  ///< null: no other hub can own the subscription
};

struct Claim {
    TenantId tenant = default_tenant();
    SubscriptionId subscription;
    Lane lane = Lane::fresh;
    std::uint32_t count_max = 64;
    Timestamp now{};
};

struct Claimed {
    std::vector<Work> works;            ///< by due time, then in order of acceptance
    bool exhausted = false;             ///< nothing more is due now in this lane
    std::optional<Timestamp> next_due;  ///< the earliest work of this lane that waits for its time
};

/// What an attempt came to and what follows. Ends the claim of the delivery.
struct Settlement {
    TenantId tenant = default_tenant();
    DeliveryId delivery;
    DeliveryState state = DeliveryState::delivered;  ///< any but in_flight
    Lane lane = Lane::fresh;
    Timestamp due_at{};  ///< for pending and scheduled
    Timestamp settled_at{};
    std::string reason;
    std::optional<Attempt> attempt;  ///< absent: nothing was tried (parked, no counterpart)
    bool is_counted = true;          ///< whether the attempt is one of the retry schedule's
};

/// What one subscription has waiting, for the start of a hub and for metrics.
struct Backlog {
    TenantId tenant = default_tenant();
    SubscriptionId subscription;
    Lane lane = Lane::fresh;
    Timestamp next_due{};
};

class WorkQueue {
public:
    virtual ~WorkQueue() = default;
    virtual awaitable<result<Claimed>> claim(Claim claim) = 0;
    virtual awaitable<result<void>> settle(std::vector<Settlement> settlements) = 0;
    /// Gives claimed work back untouched; it is due as before.
    virtual awaitable<result<void>>
    release(TenantId tenant, std::vector<DeliveryId> deliveries) = 0;
    /// What waits, by subscription and lane: asked once at start.
    virtual awaitable<result<std::vector<Backlog>>> backlog() = 0;
};

}  // namespace katydid::store
