// Rows of the file as the types of the hub, for the writer and the readers alike.
#pragma once

#include "hub/store/sqlite/file/connection.hpp"
#include "hub/store/sqlite/rows/delivery_ids.hpp"
#include "hub/store/shared/encoding.hpp"
#include "hub/store/store.hpp"

#include <memory>

namespace katydid::store::sqlite {

/// Columns of a statement, in the order `read_event` takes them.
extern const char* const event_columns;
/// Joins that go with them, after `FROM events e`.
extern const char* const event_joins;
/// Everything but the payload.
Event read_event(const Statement& row, int first);
std::uint64_t read_payload_bytes(const Statement& row, int first);
/// With its payload; errc::corrupt when that is damaged.
result<EventPtr> read_full_event(const Statement& row, int first);

/// The same for deliveries, after `FROM deliveries d`.
extern const char* const delivery_columns;
extern const char* const delivery_joins;
Delivery read_delivery(const Statement& row, int first, const DeliveryIds& ids);

}  // namespace katydid::store::sqlite
