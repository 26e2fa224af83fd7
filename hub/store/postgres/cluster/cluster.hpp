// How hubs share the subscriptions of one database.
#pragma once

#include "hub/store/postgres/wire/reconnecting_connection.hpp"
#include "hub/store/postgres/write/writer_state.hpp"
#include "hub/store/postgres/cluster/health_state.hpp"

#include <functional>
#include <set>

namespace katydid::store::postgres {

/// Says that this hub lives, takes over what dead hubs owned, gives away what others should own,
/// and listens for work that other hubs wrote.
///
/// Time is the database's: a hub is dead when its row in `hubs` is older than its lease there.
/// What this hub believes of its own lease is counted from before the renewal was sent, so it ends
/// here before it ends there.
/// Thread safety: none; `run` is spawned on the store's thread.
class Cluster {
public:
    Cluster(asio::any_io_executor executor, WriterState& state, HealthState& health_state,
            Target target);

    /// The first look at start: joins, and takes what no hub owns. Throws SqlError.
    awaitable<void> join();
    /// Ends after `stop`, when the leases are given back.
    awaitable<void> run();
    void stop();
    /// Lanes may hold work that was not announced: look soon.
    void sweep_soon();

    ReconnectingConnection link;
    /// Called when the connection was lost, and when it is there again: others may have lost
    /// theirs.
    std::function<void()> on_lost;

private:
    awaitable<void> step();
    awaitable<void> open();
    awaitable<void> enter();
    awaitable<void> renew();
    awaitable<void> remove_dead_hubs();
    awaitable<void> adopt_orphans();
    awaitable<void> read_leases();
    awaitable<void> note_gained(std::vector<Subscriber> gained);
    [[nodiscard]] std::optional<HubId> choose(const Subscriber& subscriber) const;
    void choose_leavers();
    awaitable<void> hand_over();
    awaitable<void> sweep();
    awaitable<void> leave();
    void add_reassignment(const Rows& rows, bool may_be_self);
    void hear(const std::string& payload);

    WriterState& state_;
    HealthState& health_state_;
    SteadyTime renew_at_{};
    SteadyTime sweep_at_{};
    SteadyTime opened_at_{};
    bool is_list_stale_ = true;    ///< of the leases that are ours
    bool is_choice_stale_ = true;  ///< of who should own what is ours
    bool has_leavers_ = false;
    std::set<TenantId> moving_;  ///< to another shard
    bool stopped_ = false;
};

}  // namespace katydid::store::postgres
