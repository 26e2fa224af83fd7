// What a store tells the hub without being asked.
#pragma once

#include "hub/store/work_queue.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace katydid::store {

/// How the store is. Anything but ok: no 2xx is answered and nothing is dispatched.
enum class Health : std::uint8_t { ok, full, unavailable, failed };

/// What a store tells the hub without being asked.
///
/// Called on the store's own thread: implementations post to a loop and return.
class Listener {
public:
    virtual ~Listener() = default;
    /// Just committed by an append and already claimed for this hub.
    virtual void on_work(std::vector<Work> works) = 0;
    /// Committed, but not handed over because the subscription's window is full, or made due by
    /// a retry, replay or another hub: claim it. `due` may be in the future.
    virtual void on_backlog(TenantId tenant, SubscriptionId subscription, Lane lane, Timestamp due)
        = 0;
    virtual void on_health(Health health, const std::string& why) = 0;
    /// The same of one of several shards.
    virtual void on_shard_health([[maybe_unused]] std::size_t shard, Health health,
                                 const std::string& why)
    {
        on_health(health, why);
    }
    /// Another hub changed settings, or may have while no news could come.
    virtual void on_settings_changed() {}
    /// So many hubs share this store now; this one is number `index` of them, as all of them
    /// count. Said when it changes, so that each holds its share of a limit.
    virtual void on_hubs([[maybe_unused]] std::size_t index, [[maybe_unused]] std::size_t alive) {}
    /// So many settlements came too late: another hub owns their subscriptions by now.
    virtual void on_refused_settlements([[maybe_unused]] std::size_t count) {}
};

}  // namespace katydid::store
