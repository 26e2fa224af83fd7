// Rows of the database as events and deliveries.
#pragma once

#include "hub/store/postgres/wire/rows.hpp"
#include "hub/store/store.hpp"

namespace katydid::store::postgres {

// The columns are those of sql/rows.sql.

/// Everything but the payload.
Event read_event(const Rows& rows, int row);
std::uint64_t read_payload_bytes(const Rows& rows, int row);
/// From a row with `payload_columns` after `event_columns`; errc::corrupt when it is damaged.
result<EventPtr> read_full_event(const Rows& rows, int row);
bool is_erased(const Rows& rows, int row);

Delivery read_delivery(const Rows& rows, int row);

}  // namespace katydid::store::postgres
