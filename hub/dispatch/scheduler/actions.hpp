// What the scheduler wants done.
#pragma once

#include "hub/dispatch/scheduler/now.hpp"
#include "hub/core/subscription/subscription_ptr.hpp"
#include "hub/store/work_queue.hpp"

#include <list>
#include <string>
#include <vector>

namespace katydid::dispatch {

class Queue;

/// A claimed delivery in memory. It never moves, so its address names it while it is in flight.
struct Item {
    store::Work work;
    Queue* queue = nullptr;
    std::list<Item>::iterator self{};
    std::size_t bytes = 0;  ///< counted against the memory budget
    std::uint32_t breaker_epoch = 0;
    std::uint32_t adaptive_epoch = 0;
    bool has_share = true;  ///< while in flight: it counts in the shares of tenant and hub
    Now started{};
};

using Items = std::list<Item>;

/// A settlement on its way to the store, with what the scheduler must know when it is committed.
struct Settle {
    SubscriptionId id;
    SubscriptionPtr subscription;  ///< null when it was removed
    EventId event_id;
    EventPtr event;  ///< for the log line; the shell lets it go at once
    Timestamp accepted_at{};
    std::string order_key;
    store::Settlement settlement;
};

/// A delivery on its way back to the store, untouched.
struct Release {
    TenantId tenant = default_tenant();
    SubscriptionId subscription;
    DeliveryId delivery;
    Lane lane = Lane::fresh;
    Timestamp due{};
    std::string order_key;
};

/// Something people or other subscriptions want to hear of.
struct SubscriptionNotice {
    enum class Kind : std::uint8_t {
        gone,       ///< 410: disable the subscription
        degraded,   ///< its breaker opened
        recovered,  ///< its breaker closed again
        dead,       ///< a delivery was given up
    };
    Kind kind = Kind::gone;
    SubscriptionPtr subscription;
    DeliveryId delivery;
    EventPtr event;  ///< of that delivery
    std::string reason;
};

/// A breaker opened, or recovered: what a restart must know.
struct BreakerMemory {
    TenantId tenant = default_tenant();
    SubscriptionId subscription;
    std::uint32_t openings = 0;  ///< in a row; 0: it is closed and nothing need be known
    Timestamp open_until{};
};

/// Work in the store whose subscription was deleted: to be cancelled.
struct Orphans {
    TenantId tenant = default_tenant();
    SubscriptionId subscription;
    friend bool operator==(const Orphans&, const Orphans&) = default;
};

/// A receiver is back: what was scheduled for it for later is to be due now.
struct Returned {
    TenantId tenant = default_tenant();
    SubscriptionId subscription;
};

/// Everything to be done now. The shell does it and reports back.
struct Actions {
    std::vector<Item*> starts;  ///< in flight from now until reported as ended or interrupted
    std::vector<store::Claim> claims;
    std::vector<Settle> settles;
    std::vector<Release> releases;
    std::vector<SubscriptionNotice> notices;
    std::vector<BreakerMemory> breakers;
    std::vector<Orphans> orphans;
    std::vector<Returned> returned;
    std::uint32_t withheld = 0;  ///< not sent, because the lease of their subscription ran out

    void clear()
    {
        starts.clear();
        claims.clear();
        settles.clear();
        releases.clear();
        notices.clear();
        breakers.clear();
        orphans.clear();
        returned.clear();
        withheld = 0;
    }
};

}  // namespace katydid::dispatch
