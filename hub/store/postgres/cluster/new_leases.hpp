// Leases of subscriptions that no hub owns yet.
#pragma once

#include "hub/store/postgres/write/writer_state.hpp"

#include <set>

namespace katydid::store::postgres {

/// All hubs hear it: who owns what has changed.
constexpr const char* leases_changed = "L";

/// Adds the statement that enters subscribers that no hub owns yet into `leases`: each to the hub
/// that should own it. Returns false when all are known. The answer goes to `note_taken_leases`.
bool add_unowned(Connection& connection, const WriterState& state, std::set<Subscriber> subscribers,
                 std::vector<Subscriber>& asked);
/// Those that became this hub's, provisionally.
std::vector<Subscriber> note_taken_leases(WriterState& state, const Rows& taken,
                                          const std::vector<Subscriber>& asked);

/// The leases of a tenant that moved here get an owner, where they wait for one.
awaitable<result<void>> take_over_leases(Session& session, TenantId tenant);

}  // namespace katydid::store::postgres
