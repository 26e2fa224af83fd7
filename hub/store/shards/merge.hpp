// One answer of several shards'.
#pragma once

#include "hub/store/store.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

namespace katydid::store::shards {

inline void add_up(Stats& all, const Stats& more) noexcept
{
    all.events += more.events;
    all.bytes_on_disk += more.bytes_on_disk;
    for (std::size_t i = 0; i < std::size(all.deliveries_by_state); ++i)
        all.deliveries_by_state[i] += more.deliveries_by_state[i];
}

template <class T>
void append(std::vector<T>& all, std::vector<T> more)
{
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

/// By tenant and id.
inline void sort_records(std::vector<Record>& records)
{
    std::ranges::sort(records, {},
                      [](const Record& record) { return std::tie(record.tenant, record.id); });
}

/// Buckets of the same stretch of time become one; oldest first, and the oldest are cut off.
inline std::vector<ActivityBucket> merge_activity(const std::vector<ActivityBucket>& all)
{
    std::map<Timestamp, ActivityBucket> by_start;
    for (const auto& each : all) {
        auto& sum = by_start[each.start];
        sum.start = each.start;
        sum.accepted += each.accepted;
        sum.delivered += each.delivered;
        sum.dead += each.dead;
        sum.failed += each.failed;
    }
    std::vector<ActivityBucket> merged;
    for (const auto& [start, bucket] : by_start) merged.push_back(bucket);
    if (merged.size() > activity_buckets_max)
        merged.erase(merged.begin(), merged.end() - activity_buckets_max);
    return merged;
}

}  // namespace katydid::store::shards
