// The thinnest skin over SQLite's C interface: a connection, a prepared statement, an error.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/id.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace katydid::store::sqlite {

/// What SQLite answered when it should not have. Thrown inside the store only; it never leaves.
class SqlError : public std::runtime_error {
public:
    /// \param code        extended result code
    /// \param errno_seen  of the last system call, 0 when unknown
    SqlError(int code, int errno_seen, const std::string& what)
        : std::runtime_error{what},
          code_{code},
          errno_{errno_seen}
    {}

    [[nodiscard]] int code() const noexcept { return code_; }
    [[nodiscard]] int primary_code() const noexcept { return code_ & 0xff; }
    [[nodiscard]] int errno_seen() const noexcept { return errno_; }

private:
    int code_;
    int errno_;
};

/// Bytes to bind, of a string or an array that outlives it.
struct Blob {
    template <class Bytes>
    explicit Blob(const Bytes& bytes) : data{bytes.data()},
                                        size{bytes.size()}
    {}

    const void* data;
    std::size_t size;
};

/// A prepared statement that is bound, stepped and reset.
///
/// Texts and blobs are bound without a copy: they must live until the statement is reset.
/// Thread safety: none, as its connection.
class Statement {
public:
    Statement() = default;
    explicit Statement(sqlite3_stmt* handle) : handle_{handle} {}

    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, std::string_view text);
    Statement& bind_blob(int index, const void* bytes, std::size_t size);
    Statement& bind_null(int index);
    template <class Tag>
    Statement& bind(int index, const Id<Tag>& id)
    {
        return bind_blob(index, id.bytes().data(), id.bytes().size());
    }

    Statement& bind(int index, Timestamp time)
    {
        return bind(index, time.time_since_epoch().count());
    }
    Statement& bind(int index, const Blob& blob) { return bind_blob(index, blob.data, blob.size); }
    template <class Enum>
        requires std::is_enum_v<Enum>
    Statement& bind(int index, Enum value)
    {
        return bind(index, static_cast<std::int64_t>(value));
    }
    template <class T>
    Statement& bind(int index, const std::optional<T>& value)
    {
        return value ? bind(index, *value) : bind_null(index);
    }
    /// Binds all values, in order.
    template <class... Values>
    Statement& with(const Values&... values)
    {
        return with_row(0, values...);
    }
    /// The same for one of many rows that take as many values each.
    template <class... Values>
    Statement& with_row(std::size_t row, const Values&... values)
    {
        auto index = static_cast<int>(row * sizeof...(Values));
        (bind(++index, values), ...);
        return *this;
    }

    /// Moves to the next row; false when there is none.
    bool step();
    /// Steps to the end and resets.
    void run();
    void reset() noexcept;

    [[nodiscard]] std::int64_t integer(int column) const noexcept;
    [[nodiscard]] bool is_null(int column) const noexcept;
    /// Valid until the next step or reset.
    [[nodiscard]] std::string_view text(int column) const noexcept;
    [[nodiscard]] std::string_view blob(int column) const noexcept;
    template <class IdType>
    [[nodiscard]] IdType id(int column) const noexcept
    {
        IdBytes bytes{};
        const auto stored = blob(column);
        if (stored.size() == bytes.size()) std::memcpy(bytes.data(), stored.data(), bytes.size());
        return IdType{bytes};
    }

private:
    struct Finalize {
        void operator()(sqlite3_stmt* handle) const noexcept { sqlite3_finalize(handle); }
    };
    void check(int code) const;

    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

/// Resets a statement at the end of a scope, so that no read transaction stays open.
class ResetGuard {
public:
    explicit ResetGuard(Statement& statement) noexcept : statement_{statement} {}
    ~ResetGuard() { statement_.reset(); }
    ResetGuard(const ResetGuard&) = delete;
    ResetGuard& operator=(const ResetGuard&) = delete;

private:
    Statement& statement_;
};

/// One connection to the file.
///
/// Thread safety: none; each belongs to one thread.
class Connection {
public:
    Connection() = default;
    /// \param vfs  name of a SQLite VFS, empty for the standard one
    Connection(const std::string& path, int flags, const std::string& vfs);

    /// Runs statements that return nothing of interest.
    void run(const char* sql);
    void run(const std::string& sql) { run(sql.c_str()); }
    /// The first column of the first row, 0 when there is none.
    std::int64_t integer(std::string_view sql);
    std::string text(std::string_view sql);
    /// Prepared to be kept.
    Statement prepare(std::string_view sql);
    [[nodiscard]] sqlite3* handle() const noexcept { return handle_.get(); }
    [[nodiscard]] bool in_transaction() const noexcept;
    [[nodiscard]] std::int64_t changes() const noexcept { return sqlite3_changes64(handle()); }
    void close() noexcept { handle_.reset(); }

private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
    };

    std::unique_ptr<sqlite3, Close> handle_;
};

[[noreturn]] void throw_sql_error(sqlite3* handle, int code);

}  // namespace katydid::store::sqlite
