// Rows of the database as events and deliveries.
#pragma once

#include "hub/store/postgres/wire/rows.hpp"
#include "hub/store/store.hpp"

namespace katydid::store::postgres {

/// Columns of `events e`, in the order `read_event` takes them; then those of the payload.
extern const char* const event_columns;
extern const char* const payload_columns;
/// Everything but the payload.
Event read_event(const Rows& rows, int row);
std::uint64_t read_payload_bytes(const Rows& rows, int row);
/// From a row with `payload_columns` behind `event_columns`; errc::corrupt when it is damaged.
result<EventPtr> read_full_event(const Rows& rows, int row);
bool is_erased(const Rows& rows, int row);

/// Columns of `deliveries d`.
extern const char* const delivery_columns;
Delivery read_delivery(const Rows& rows, int row);

}  // namespace katydid::store::postgres
