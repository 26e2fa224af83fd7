#include "hub/store/postgres/wire/schema.hpp"

#include "hub/core/error.hpp"
#include "hub/store/postgres/sql/session.sql.hpp"
#include "hub/store/postgres/sql/schema.sql.hpp"

#include <algorithm>
#include <array>

namespace katydid::store::postgres {
namespace {

/// Schemas 1 to 7 were those of development builds before 0.1.0: they are refused.
constexpr std::int64_t unsupported_versions = 7;
constexpr std::array migrations{sql::initial_schema};

/// Any number that no other program uses in this database.
constexpr std::int64_t migration_lock = 0x6b6174796469640a;

awaitable<std::int64_t> found_version(Connection& connection)
{
    const auto meta = co_await connection.ask(sql::has_meta);
    if (meta.integer(0, 0) == 0) {
        connection.add("CREATE TABLE katydid_meta(key text PRIMARY KEY, value bigint NOT NULL)");
        connection.add(sql::insert_meta);
        co_await connection.run();
    }
    const auto found = co_await connection.ask(sql::schema_version);
    co_return found.empty() ? 0 : found.integer(0, 0);
}

}  // namespace

std::int64_t schema_version() noexcept
{
    return unsupported_versions + static_cast<std::int64_t>(migrations.size());
}

awaitable<std::int64_t> peek_version(Connection& connection)
{
    const auto meta = co_await connection.ask(sql::has_meta);
    if (meta.integer(0, 0) == 0) co_return 0;
    const auto found = co_await connection.ask(sql::schema_version);
    co_return found.empty() ? 0 : found.integer(0, 0);
}

void refuse_unknown(std::int64_t found)
{
    if (found > schema_version())
        throw Failure{
            Error{errc::invalid_argument, "The database was written by a newer katydid (schema "
                                              + std::to_string(found) + ", this program knows "
                                              + std::to_string(schema_version())
                                              + "). Start the newer program."}};
    if (found > 0 && found <= unsupported_versions)
        throw Failure{Error{errc::invalid_argument,
                            "The database was made by a development build before 0.1.0 (schema "
                                + std::to_string(found) + "). Use an empty database or schema."}};
}

awaitable<void> migrate(Connection& connection)
{
    connection.add("BEGIN");
    const auto lock = Params::of(migration_lock);
    connection.add(sql::lock_schema, lock);
    co_await connection.run();
    const auto found = co_await found_version(connection);
    refuse_unknown(found);
    for (auto version = std::max(found, unsupported_versions); version < schema_version();
         ++version)
        co_await connection.run_script(
            migrations[static_cast<std::size_t>(version - unsupported_versions)]);
    const auto version = Params::of(schema_version());
    connection.add(sql::set_schema_version, version);
    connection.add("COMMIT");
    co_await connection.run();
}

}  // namespace katydid::store::postgres
