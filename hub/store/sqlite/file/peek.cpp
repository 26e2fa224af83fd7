#include "hub/store/sqlite/file/peek.hpp"

#include "hub/core/codec/percent.hpp"
#include "hub/store/sqlite/file/disk_error.hpp"
#include "hub/store/sqlite/file/file_lock.hpp"
#include "hub/store/sqlite/read/queries.hpp"
#include "hub/store/sqlite/rows/schema.hpp"
#include "hub/store/sqlite/sql/records.sql.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <unistd.h>

namespace katydid::store::sqlite {
namespace {

std::uintmax_t size_of_file(const std::string& path)
{
    std::error_code error;
    const auto bytes = std::filesystem::file_size(path, error);
    return error ? 0 : bytes;
}

/// Without a log the file is whole, and can be read without the files that SQLite keeps beside it.
Connection open_unlocked(const std::string& path)
{
    if (size_of_file(path + "-wal") > 0) return Connection{path, SQLITE_OPEN_READONLY, {}};
    return Connection{"file:" + percent_encode(path) + "?immutable=1",
                      SQLITE_OPEN_READONLY | SQLITE_OPEN_URI,
                      {}};
}

std::vector<Record> read_kinds(Connection& connection, const std::vector<std::string>& kinds)
{
    std::vector<Record> records;
    for (const auto& kind : kinds) {
        auto statement = connection.prepare(sql::list_records);
        statement.with(kind);
        std::ranges::move(read_records(statement, kind), std::back_inserter(records));
    }
    return records;
}

}  // namespace

result<std::vector<Record>> peek_file(const std::string& path,
                                      const std::vector<std::string>& kinds)
{
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return std::vector<Record>{};
    if (::access(path.c_str(), R_OK | W_OK) != 0) return cannot_open(path, errno);
    if (size_of_file(path) == 0) return std::vector<Record>{};
    try {
        auto connection = open_unlocked(path);
        refuse_foreign(connection, path);
        if (connection.integer("PRAGMA user_version") == 0) return std::vector<Record>{};
        return read_kinds(connection, kinds);
    } catch (const SqlError& error) {
        return cannot_open(error);
    } catch (const Failure& failure) {
        return failure.error();
    }
}

}  // namespace katydid::store::sqlite
