// The tables, and how those of an older program become this program's.
#pragma once

#include "hub/store/postgres/wire/connection.hpp"

namespace katydid::store::postgres {

/// Brings the tables to this program's schema: numbered steps, forward only, in one transaction
/// under a lock, so that hubs that start together do not meet.
/// Throws katydid::Failure when they are newer than the program, SqlError when a step fails.
awaitable<void> migrate(Connection& connection);

/// The schema of the database; 0 where it has none. Makes nothing. Throws SqlError.
awaitable<std::int64_t> peek_version(Connection& connection);

/// Throws katydid::Failure for the schemas that migrate() refuses.
void refuse_unknown(std::int64_t version);

/// The newest step this program knows.
std::int64_t schema_version() noexcept;

}  // namespace katydid::store::postgres
