#include "hub/store/sqlite/rows/rows.hpp"

namespace katydid::store::sqlite {

Event read_event(const Statement& row, int first)
{
    Event event;
    event.tenant = row.id<TenantId>(first);
    event.id = row.id<EventId>(first + 1);
    event.source = row.text(first + 2);
    event.type = row.text(first + 3);
    event.external_id = row.text(first + 4);
    event.subject = row.text(first + 5);
    event.key = row.text(first + 6);
    event.occurred_at = to_timestamp(row.integer(first + 7));
    event.received_at = to_timestamp(row.integer(first + 8));
    event.content_type = row.text(first + 9);
    event.headers = decode_headers(row.blob(first + 10));
    event.traceparent = row.text(first + 11);
    event.origin = static_cast<Origin>(row.integer(first + 16));
    event.type_unsigned = row.integer(first + 17) != 0;
    if (!row.is_null(first + 18)) event.repeat_of = row.id<EventId>(first + 18);
    return event;
}

std::uint64_t read_payload_bytes(const Statement& row, int first)
{
    return static_cast<std::uint64_t>(row.integer(first + 12));
}

result<EventPtr> read_full_event(const Statement& row, int first)
{
    auto event = std::make_shared<Event>(read_event(row, first));
    const auto decoded = decode_payload({row.blob(first + 19),
                                         static_cast<Encoding>(row.integer(first + 14)),
                                         read_payload_bytes(row, first), row.blob(first + 13)},
                                        *event);
    if (!decoded) return decoded.error();
    return EventPtr{std::move(event)};
}

Delivery read_delivery(const Statement& row, int first, const DeliveryIds& ids)
{
    Delivery delivery;
    delivery.tenant = row.id<TenantId>(first);
    delivery.event = row.id<EventId>(first + 2);
    delivery.subscription = row.id<SubscriptionId>(first + 3);
    delivery.state = static_cast<DeliveryState>(row.integer(first + 4));
    delivery.lane = static_cast<Lane>(row.integer(first + 5));
    delivery.attempts = static_cast<std::uint32_t>(row.integer(first + 6));
    delivery.created_at = to_timestamp(row.integer(first + 7));
    delivery.due_at = to_timestamp(row.integer(first + 8));
    if (is_final(delivery.state)) delivery.ended_at = to_timestamp(row.integer(first + 9));
    delivery.order_key = row.text(first + 10);
    delivery.reason = row.text(first + 11);
    delivery.attempts_before = static_cast<std::uint32_t>(row.integer(first + 12));
    delivery.restarted_at = to_timestamp(row.integer(first + 13));
    delivery.slot_at = to_timestamp(row.integer(first + 14));
    delivery.id = ids.make(row.integer(first + 1), delivery.created_at);
    return delivery;
}

}  // namespace katydid::store::sqlite
