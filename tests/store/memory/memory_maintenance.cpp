#include "tests/store/memory/memory_data.hpp"

#include <algorithm>

namespace katydid::test {

using namespace store;

namespace {

RetentionRules rules_of(const Purge& order, TenantId tenant)
{
    return rules_for(order, [&](TenantId id) { return id == tenant; });
}

}  // namespace

std::uint64_t MemoryData::purge(const Purge& order)
{
    std::uint64_t deleted = purge_deliveries(order, order.rows_max);
    deleted += purge_events(order, order.rows_max - deleted);
    deleted += purge_known(order, order.rows_max - deleted);
    deleted += records.purge(order, order.rows_max - deleted);
    return deleted + purge_activity(order, order.rows_max - deleted);
}

std::uint64_t MemoryData::purge_deliveries(const Purge& order, std::uint64_t left)
{
    std::uint64_t deleted = 0;
    std::erase_if(rows_, [&](const auto& each) {
        const auto& delivery = each.second.delivery;
        const auto& state = delivery.state;
        return is_final(state) && delivery.ended_at < rules_of(order, delivery.tenant).of(state)
               && deleted < left && ++deleted > 0;
    });
    return deleted;
}

std::uint64_t MemoryData::purge_events(const Purge& order, std::uint64_t left)
{
    std::set<EventId> needed;
    for (const auto& [id, row] : rows_) needed.insert(row.delivery.event);
    std::uint64_t deleted = 0;
    std::erase_if(events_, [&](const EventPtr& event) {
        return !needed.contains(event->id)
               && event->received_at < rules_of(order, event->tenant).delivered && deleted < left
               && ++deleted > 0;
    });
    return deleted;
}

std::uint64_t MemoryData::purge_known(const Purge& order, std::uint64_t left)
{
    std::set<EventId> stored;
    for (const auto& event : events_) stored.insert(event->id);
    std::uint64_t deleted = 0;
    std::erase_if(known_, [&](const auto& each) {
        const auto& event = each.second.event;
        return !stored.contains(event)
               && to_timestamp(time_of(event.bytes())) < rules_of(order, each.first.first).dedupe
               && deleted < left && ++deleted > 0;
    });
    return deleted;
}

std::uint64_t MemoryData::purge_activity(const Purge& order, std::uint64_t left)
{
    std::uint64_t deleted = 0;
    std::erase_if(activity_, [&](const auto& each) {
        const auto kept = each.first.width == activity_minute
                              ? std::chrono::hours{activity_minutes_kept}
                              : std::chrono::hours{activity_hours_kept};
        return each.first.start < activity_seconds(order.now - kept) && deleted < left
               && ++deleted > 0;
    });
    return deleted;
}

Erased MemoryData::erase(const Erasure& order)
{
    Erased counted;
    for (auto& event : events_) {
        if (event->tenant != order.tenant || event->subject != order.subject
            || order.subject.empty())
            continue;
        // The event stays known by its id, so that a repeat brings nothing back.
        const auto key = dedupe_key(event->source, event->external_id);
        if (const auto known = known_.find({order.tenant, key}); known != known_.end())
            known->second.digest.clear();
        auto erased = std::make_shared<Event>(*event);
        erased->external_id = event->id.to_string();
        erased->subject.clear();
        erased->key.clear();
        erased->traceparent.clear();
        erased->headers.clear();
        erased->payload = std::make_shared<const std::string>();
        erased->compressed = nullptr;
        event = std::move(erased);
        erased_.insert(event->id);
        erase_deliveries(event, order.now, counted);
        ++counted.events;
    }
    return counted;
}

void MemoryData::erase_deliveries(const EventPtr& erased, Timestamp now, Erased& counted)
{
    for (auto& [id, row] : rows_) {
        if (row.delivery.event != erased->id) continue;
        row.event = erased;
        row.delivery.order_key.clear();
        for (auto& attempt : row.attempts) {
            attempt.error.clear();
            attempt.response.clear();
        }
        // In flight: its settlement ends it.
        if (is_final(row.delivery.state) || is_claimed(id)) continue;
        cancel_row(row, erased_reason, now);
        ++counted.deliveries_cancelled;
    }
}

}  // namespace katydid::test
