// Counts over time: what happened in each minute and each hour.
#pragma once

#include "hub/store/shared/activity.hpp"
#include "hub/store/postgres/wire/connection.hpp"

namespace katydid::store::postgres {

/// Adds the statement that writes them, when there is something to write.
/// \param slot  which rows are this hub's, so that hubs do not wait for each other's commits
void write_activity(Connection& connection, const ActivityTally<TenantId>& tally, int slot);

awaitable<result<std::vector<ActivityBucket>>> list_activity(Connection& connection,
                                                             const ActivityQuery& query);

}  // namespace katydid::store::postgres
