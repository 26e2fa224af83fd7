#include "hub/store/sqlite/rows/schema.hpp"

#include "hub/core/error.hpp"
#include "hub/store/sqlite/sql/meta.sql.hpp"
#include "hub/store/sqlite/sql/schema.sql.hpp"

#include <algorithm>
#include <array>

namespace katydid::store::sqlite {
namespace {

/// Schemas 1 to 8 were those of development builds before 0.1.0: they are refused.
constexpr std::int64_t unsupported_versions = 8;
constexpr std::array migrations{sql::initial_schema};

[[noreturn]] void refuse(const std::string& sentence)
{
    throw Failure{Error{errc::invalid_argument, sentence}};
}

void apply(Connection& connection, std::int64_t version, const char* migration)
{
    connection.run("BEGIN IMMEDIATE");
    connection.run(migration);
    connection.run("PRAGMA user_version = " + std::to_string(version));
    connection.run("COMMIT");
}

}  // namespace

std::int64_t schema_version() noexcept
{
    return unsupported_versions + static_cast<std::int64_t>(migrations.size());
}

std::string why_unsupported(const std::string& path, std::int64_t version)
{
    if (version == 0 || version > unsupported_versions) return {};
    return "The store " + path + " was made by a development build before 0.1.0 (schema "
           + std::to_string(version) + "). Move it away, or name another path.";
}

void refuse_foreign(Connection& connection, const std::string& path)
{
    const auto owner = connection.integer("PRAGMA application_id");
    const auto found = connection.integer("PRAGMA user_version");
    const bool is_empty = connection.integer(sql::count_tables) == 0;
    if (owner != application_id && !(is_empty && owner == 0 && found == 0))
        refuse("The file " + path
               + " is a SQLite database of another program. Choose another path.");
    if (found > schema_version())
        refuse("The store " + path + " was written by a newer katydid (schema "
               + std::to_string(found) + ", this program knows " + std::to_string(schema_version())
               + "). Start the newer program, or restore a backup made by this one.");
    if (const auto why = why_unsupported(path, found); !why.empty()) refuse(why);
}

void migrate(Connection& connection, const std::string& path)
{
    refuse_foreign(connection, path);
    const auto found = connection.integer("PRAGMA user_version");
    const bool is_empty = connection.integer(sql::count_tables) == 0;
    if (is_empty) connection.run("PRAGMA application_id = " + std::to_string(application_id));
    for (auto version = std::max(found, unsupported_versions); version < schema_version();
         ++version)
        apply(connection, version + 1,
              migrations[static_cast<std::size_t>(version - unsupported_versions)]);
}

}  // namespace katydid::store::sqlite
