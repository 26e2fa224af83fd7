#include "hub/store/postgres/read/event_rows.hpp"

#include "hub/store/shared/encoding.hpp"

namespace katydid::store::postgres {

Event read_event(const Rows& rows, int row)
{
    Event event;
    event.tenant = rows.id<TenantId>(row, 0);
    event.id = rows.id<EventId>(row, 1);
    event.source = rows.text(row, 2);
    event.type = rows.text(row, 3);
    event.external_id = rows.text(row, 4);
    event.subject = rows.text(row, 5);
    event.key = rows.text(row, 6);
    event.occurred_at = rows.time(row, 7);
    event.received_at = rows.time(row, 8);
    event.content_type = rows.text(row, 9);
    event.headers = decode_headers(rows.bytes(row, 10));
    event.traceparent = rows.text(row, 11);
    event.origin = static_cast<Origin>(rows.integer(row, 13));
    event.type_unsigned = rows.integer(row, 14) != 0;
    if (!rows.is_null(row, 15)) event.repeat_of = rows.id<EventId>(row, 15);
    return event;
}

std::uint64_t read_payload_bytes(const Rows& rows, int row)
{
    return static_cast<std::uint64_t>(rows.integer(row, 12));
}

bool is_erased(const Rows& rows, int row)
{
    return static_cast<Encoding>(rows.integer(row, 17)) == Encoding::erased;
}

result<EventPtr> read_full_event(const Rows& rows, int row)
{
    auto event = std::make_shared<Event>(read_event(rows, row));
    const auto decoded = decode_payload({rows.bytes(row, 18),
                                         static_cast<Encoding>(rows.integer(row, 17)),
                                         read_payload_bytes(rows, row), rows.bytes(row, 16)},
                                        *event);
    if (!decoded) return decoded.error();
    return EventPtr{std::move(event)};
}

Delivery read_delivery(const Rows& rows, int row)
{
    Delivery delivery;
    delivery.tenant = rows.id<TenantId>(row, 0);
    delivery.id = rows.id<DeliveryId>(row, 1);
    delivery.event = rows.id<EventId>(row, 2);
    delivery.subscription = rows.id<SubscriptionId>(row, 3);
    delivery.state = static_cast<DeliveryState>(rows.integer(row, 4));
    delivery.lane = static_cast<Lane>(rows.integer(row, 5));
    delivery.attempts = static_cast<std::uint32_t>(rows.integer(row, 6));
    delivery.attempts_before = static_cast<std::uint32_t>(rows.integer(row, 7));
    delivery.created_at = rows.time(row, 8);
    delivery.restarted_at = rows.time(row, 9);
    delivery.due_at = rows.time(row, 10);
    if (is_final(delivery.state)) delivery.ended_at = rows.time(row, 11);
    delivery.order_key = rows.text(row, 12);
    delivery.reason = rows.text(row, 13);
    delivery.slot_at = rows.time(row, 14);
    return delivery;
}

}  // namespace katydid::store::postgres
