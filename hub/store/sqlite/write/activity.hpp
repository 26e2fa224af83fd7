// Counts over time: what happened in each minute and each hour.
#pragma once

#include "hub/store/shared/activity.hpp"
#include "hub/store/sqlite/file/connection.hpp"
#include "hub/store/sqlite/read/reader.hpp"

namespace katydid::store::sqlite {

/// Adds up what a batch did, and writes it with the batch: two rows a tenant.
///
/// Thread safety: none; it belongs to the writer's thread.
class Activity {
public:
    explicit Activity(Connection& connection);

    ActivityTally<std::int64_t> tally;
    void flush();

private:
    Statement update_;
};

result<std::vector<ActivityBucket>> list_activity(ReadSession& session, const ActivityQuery& query);

}  // namespace katydid::store::sqlite
