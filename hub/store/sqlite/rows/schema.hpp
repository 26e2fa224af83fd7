// The tables, and how a file of an older program becomes one of this program.
#pragma once

#include "hub/store/sqlite/file/connection.hpp"

namespace katydid::store::sqlite {

/// Marks a file as ours ("KTYD"), shown by file(1) and checked at open.
constexpr std::int64_t application_id = 0x4b545944;

/// Brings the file to this program's schema: numbered steps, forward only, each in a
/// transaction. Throws katydid::Failure when the file is newer or belongs to another program.
void migrate(Connection& connection, const std::string& path);

/// Throws katydid::Failure for what migrate() refuses; an empty file is none of it.
void refuse_foreign(Connection& connection, const std::string& path);

/// Why a file of that schema version is refused as too old; empty when it is not.
std::string why_unsupported(const std::string& path, std::int64_t version);

/// The newest step this program knows.
std::int64_t schema_version() noexcept;

}  // namespace katydid::store::sqlite
