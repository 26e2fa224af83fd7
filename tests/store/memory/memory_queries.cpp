#include "tests/store/memory/memory_data.hpp"

#include "hub/store/shared/query_parts.hpp"

#include <algorithm>

namespace katydid::test {

using namespace store;

namespace {

bool matches(const EventQuery& query, const Event& event)
{
    const auto& type = query.type;
    const bool is_type = !type || *type == "*" || *type == event.type
                         || (type->ends_with(".*")
                             && event.type.starts_with(type->substr(0, type->size() - 1)));
    return event.tenant == query.tenant && is_type
           && (!query.source || *query.source == event.source)
           && (!query.subject || *query.subject == event.subject)
           && (!query.external_id || *query.external_id == event.external_id)
           && (!query.since || event.received_at >= *query.since)
           && (!query.until || event.received_at < *query.until);
}

bool matches(const DeliveryQuery& query, const MemoryData::Row& row)
{
    const auto& delivery = row.delivery;
    return delivery.tenant == query.tenant && wants(query, delivery.state)
           && (!query.subscription || *query.subscription == delivery.subscription)
           && (!query.event || *query.event == delivery.event)
           && (!query.since || delivery.created_at >= *query.since)
           && (!query.until || delivery.created_at < *query.until)
           && (!query.status || *query.status == row.last_status);
}

}  // namespace

std::vector<EventRow> MemoryData::list_events(const EventQuery& query) const
{
    auto all = events_;
    if (!query.ascending) std::ranges::reverse(all);
    auto begin = all.begin();
    if (query.cursor) {
        begin = std::ranges::find(all, *query.cursor, [](const auto& each) { return each->id; });
        if (begin != all.end()) ++begin;
    }
    std::vector<EventRow> rows;
    PageBytes bytes;
    const auto limit = std::clamp(query.limit, 1U, list_limit_max);
    for (; begin != all.end() && rows.size() < limit; ++begin) {
        const auto& event = **begin;
        if (!matches(query, event)) continue;
        rows.push_back({event, event.payload->size()});
        rows.back().event.payload = rows.back().event.compressed = nullptr;
        if (bytes.add(rows.back())) break;
    }
    return rows;
}

EventPtr MemoryData::find_event(TenantId tenant, EventId id) const
{
    for (const auto& event : events_)
        if (event->tenant == tenant && event->id == id) return event;
    return nullptr;
}

result<EventPtr> MemoryData::event(TenantId tenant, EventId id) const
{
    auto event = find_event(tenant, id);
    if (!event) return Error{errc::not_found, "There is no event " + id.to_string() + "."};
    return event;
}

std::vector<Delivery> MemoryData::list_deliveries(const DeliveryQuery& query) const
{
    return page_of(query, list_limit_max);
}

std::vector<Delivery> MemoryData::page_of(const DeliveryQuery& query, std::uint32_t limit_max) const
{
    std::uint64_t cursor = 0;
    if (query.cursor) {
        const auto found = rows_.find(*query.cursor);
        if (found == rows_.end()) return {};
        cursor = found->second.number;
    }
    std::map<std::uint64_t, const Delivery*> found;
    for (const auto& [id, row] : rows_) {
        const bool is_ahead = cursor == 0
                              || (query.ascending ? row.number > cursor : row.number < cursor);
        if (is_ahead && matches(query, row)) found.emplace(row.number, &row.delivery);
    }
    std::vector<Delivery> page;
    for (const auto& [number, delivery] : found) page.push_back(*delivery);
    if (!query.ascending) std::ranges::reverse(page);
    const auto limit = std::clamp(query.limit, 1U, limit_max);
    if (page.size() > limit) page.resize(limit);
    return page;
}

const MemoryData::Row* MemoryData::find(TenantId tenant, DeliveryId id) const
{
    const auto found = rows_.find(id);
    return found == rows_.end() || found->second.delivery.tenant != tenant ? nullptr
                                                                           : &found->second;
}

result<Delivery> MemoryData::delivery(TenantId tenant, DeliveryId id) const
{
    const auto* row = find(tenant, id);
    if (row == nullptr)
        return Error{errc::not_found, "There is no delivery " + id.to_string() + "."};
    return row->delivery;
}

result<std::vector<Attempt>> MemoryData::attempts(TenantId tenant, DeliveryId id) const
{
    const auto* row = find(tenant, id);
    if (row == nullptr)
        return Error{errc::not_found, "There is no delivery " + id.to_string() + "."};
    return row->attempts;
}

Stats MemoryData::stats(std::optional<TenantId> tenant) const
{
    Stats stats;
    for (const auto& event : events_) {
        stats.bytes_on_disk += event->payload->size();
        if (!tenant || event->tenant == *tenant) ++stats.events;
    }
    for (const auto& [id, row] : rows_)
        if (!tenant || row.delivery.tenant == *tenant)
            ++stats.deliveries_by_state[static_cast<std::size_t>(row.delivery.state)];
    return stats;
}

std::vector<ActivityBucket> MemoryData::activity(const ActivityQuery& query) const
{
    const ActivityRange range{query};
    std::map<std::int64_t, ActivityBucket> buckets;
    for (const auto& [place, counts] : activity_) {
        const bool fits = (!query.tenant || place.tenant == *query.tenant)
                          && place.width == range.rows_width && place.start >= range.since
                          && place.start < range.until;
        if (!fits) continue;
        const auto start = place.start / range.width * range.width;
        auto& bucket = buckets[start];
        bucket.start = ActivityRange::time_of(start);
        bucket.accepted += static_cast<std::uint64_t>(counts.accepted);
        bucket.delivered += static_cast<std::uint64_t>(counts.delivered);
        bucket.dead += static_cast<std::uint64_t>(counts.dead);
        bucket.failed += static_cast<std::uint64_t>(counts.failed);
    }
    std::vector<ActivityBucket> all;
    for (const auto& [start, bucket] : buckets) all.push_back(bucket);
    return all;
}

}  // namespace katydid::test
