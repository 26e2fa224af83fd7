// Rows of the file as the types of the hub, for the writer and the readers alike.
#pragma once

#include "hub/store/sqlite/file/connection.hpp"
#include "hub/store/sqlite/rows/delivery_ids.hpp"
#include "hub/store/shared/encoding.hpp"
#include "hub/store/store.hpp"

#include <memory>

namespace katydid::store::sqlite {

// The columns are those of sql/rows.sql.

/// Everything but the payload.
Event read_event(const Statement& row, int first);
std::uint64_t read_payload_bytes(const Statement& row, int first);
/// With its payload; errc::corrupt when that is damaged.
result<EventPtr> read_full_event(const Statement& row, int first);

Delivery read_delivery(const Statement& row, int first, const DeliveryIds& ids);

}  // namespace katydid::store::sqlite
