#include "hub/store/sqlite/file/connection.hpp"

#include "hub/store/sqlite/file/memory.hpp"

namespace katydid::store::sqlite {
namespace {

/// SQLite counts its memory below a mutex of all threads, at each of some forty allocations an
/// event. No one reads the counts. Said before SQLite's first use; too late it has no effect.
[[maybe_unused]] const int without_memory_counts = [] {
    keep_memory_of_sqlite();
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}();

}  // namespace

void throw_sql_error(sqlite3* handle, int code)
{
    std::string what = handle != nullptr ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
    const int extended = handle != nullptr ? sqlite3_extended_errcode(handle) : code;
    const int seen = handle != nullptr ? sqlite3_system_errno(handle) : 0;
    // The extended code belongs to the last call, which a later one may have overwritten.
    throw SqlError{(extended & 0xff) == (code & 0xff) ? extended : code, seen, what};
}

void Statement::check(int code) const
{
    if (code != SQLITE_OK) [[unlikely]]
        throw_sql_error(sqlite3_db_handle(handle_.get()), code);
}

Statement& Statement::bind(int index, std::int64_t value)
{
    check(sqlite3_bind_int64(handle_.get(), index, value));
    return *this;
}

Statement& Statement::bind(int index, std::string_view text)
{
    // A null pointer would bind NULL where an empty text is meant.
    const char* data = text.data() != nullptr ? text.data() : "";
    check(sqlite3_bind_text64(handle_.get(), index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind_blob(int index, const void* bytes, std::size_t size)
{
    const void* data = bytes != nullptr ? bytes : "";
    check(sqlite3_bind_blob64(handle_.get(), index, data, size, SQLITE_STATIC));
    return *this;
}

Statement& Statement::bind_null(int index)
{
    check(sqlite3_bind_null(handle_.get(), index));
    return *this;
}

bool Statement::step()
{
    const int code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    auto* connection = sqlite3_db_handle(handle_.get());
    try {
        throw_sql_error(connection, code);
    } catch (...) {
        reset();
        throw;
    }
}

void Statement::run()
{
    while (step()) {}
    reset();
}

void Statement::reset() noexcept
{
    if (handle_) sqlite3_reset(handle_.get());
}

std::int64_t Statement::integer(int column) const noexcept
{
    return sqlite3_column_int64(handle_.get(), column);
}

bool Statement::is_null(int column) const noexcept
{
    return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

std::string_view Statement::text(int column) const noexcept
{
    const auto* data = sqlite3_column_text(handle_.get(), column);
    if (data == nullptr) return {};
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
    return {reinterpret_cast<const char*>(data), size};
}

std::string_view Statement::blob(int column) const noexcept
{
    const void* data = sqlite3_column_blob(handle_.get(), column);
    if (data == nullptr) return {};
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
    return {static_cast<const char*>(data), size};
}

Connection::Connection(const std::string& path, int flags, const std::string& vfs)
{
    sqlite3* raw = nullptr;
    const char* vfs_name = vfs.empty() ? nullptr : vfs.c_str();
    const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, vfs_name);
    handle_.reset(raw);
    if (code != SQLITE_OK) throw_sql_error(raw, code);
    sqlite3_extended_result_codes(raw, 1);
    // Only the writer checkpoints, and only when it trusts the disk.
    sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_busy_timeout(raw, 5'000);
}

void Connection::run(const char* sql)
{
    const int code = sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw_sql_error(handle(), code);
}

std::int64_t Connection::integer(std::string_view sql)
{
    auto statement = prepare(sql);
    return statement.step() ? statement.integer(0) : 0;
}

std::string Connection::text(std::string_view sql)
{
    auto statement = prepare(sql);
    return statement.step() ? std::string{statement.text(0)} : std::string{};
}

Statement Connection::prepare(std::string_view sql)
{
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(handle(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
    if (code != SQLITE_OK) throw_sql_error(handle(), code);
    return Statement{raw};
}

bool Connection::in_transaction() const noexcept
{
    return handle_ && sqlite3_get_autocommit(handle()) == 0;
}

}  // namespace katydid::store::sqlite
