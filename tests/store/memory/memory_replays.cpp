// What replay jobs make due, and what is brought forward.
#include "hub/store/shared/query_parts.hpp"
#include "tests/store/memory/memory_data.hpp"

#include <algorithm>

namespace katydid::test {

using namespace store;

std::uint64_t MemoryData::take_back(const TakeBack& order)
{
    std::uint64_t count = 0;
    for (auto& [id, row] : rows_) {
        const bool is_waiting = row.delivery.tenant == order.tenant && row.job == order.job
                                && row.delivery.state == DeliveryState::pending && !is_claimed(id);
        if (!is_waiting || !row.before || !is_final(row.before->state)) continue;
        unindex(row);
        row.delivery = *row.before;
        row.job.reset();
        ++count;
    }
    return count;
}

std::uint64_t MemoryData::bring_forward(const BringForward& order)
{
    std::vector<DeliveryId> found;
    for (const auto& place : waiting_[{order.tenant, order.subscription, Lane::retry}]) {
        const auto id = std::get<DeliveryId>(place);
        const bool is_scheduled = rows_.at(id).delivery.state == DeliveryState::scheduled;
        if (is_scheduled && std::get<Timestamp>(place) > order.now) found.push_back(id);
    }
    for (const auto& id : found) {
        auto& row = rows_.at(id);
        unindex(row);
        row.delivery.slot_at = std::exchange(row.delivery.due_at, order.now);
        index(row);
        announce(row);
    }
    return found.size();
}

std::vector<DeliveryId> MemoryData::list_ids(const DeliveryQuery& query) const
{
    std::vector<DeliveryId> ids;
    for (const auto& delivery : page_of(query, id_list_limit_max)) ids.push_back(delivery.id);
    return ids;
}

std::vector<ReplayCount> MemoryData::count_of_job(TenantId tenant, JobId job,
                                                  const std::vector<DeliveryState>& states) const
{
    std::map<std::pair<SubscriptionId, DeliveryState>, std::uint64_t> counts;
    const auto wanted = states_or_all(states);
    for (const auto& [id, row] : rows_) {
        const auto& delivery = row.delivery;
        const bool is_wanted = std::ranges::find(wanted, delivery.state) != wanted.end();
        if (delivery.tenant == tenant && row.job == job && is_wanted)
            ++counts[{delivery.subscription, delivery.state}];
    }
    std::vector<ReplayCount> all;
    for (const auto& [place, count] : counts) all.push_back({place.first, place.second, count});
    return all;
}

}  // namespace katydid::test
