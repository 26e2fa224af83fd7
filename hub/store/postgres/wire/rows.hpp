// What a statement answered, in PostgreSQL's binary format.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/id.hpp"

#include <libpq-fe.h>

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace katydid::store::postgres {

/// The rows of one answer. Views stay valid as long as the object or a copy of it.
class Rows {
public:
    Rows() = default;
    explicit Rows(PGresult* taken) : result_{taken, PQclear} {}

    [[nodiscard]] int size() const noexcept { return result_ ? PQntuples(result_.get()) : 0; }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }
    /// How many rows an INSERT, UPDATE or DELETE touched.
    [[nodiscard]] std::int64_t affected() const
    {
        const char* text = result_ ? PQcmdTuples(result_.get()) : "";
        return std::strtoll(text, nullptr, 10);
    }

    [[nodiscard]] bool is_none() const noexcept { return !result_; }
    [[nodiscard]] bool is_error() const noexcept
    {
        return PQresultStatus(result_.get()) == PGRES_FATAL_ERROR;
    }
    [[nodiscard]] std::string error_state() const
    {
        const char* code = PQresultErrorField(result_.get(), PG_DIAG_SQLSTATE);
        return code == nullptr ? "" : code;
    }
    [[nodiscard]] std::string error_message() const
    {
        const char* primary = PQresultErrorField(result_.get(), PG_DIAG_MESSAGE_PRIMARY);
        return primary == nullptr ? PQresultErrorMessage(result_.get()) : primary;
    }

    [[nodiscard]] bool is_null(int row, int column) const noexcept
    {
        return PQgetisnull(result_.get(), row, column) != 0;
    }
    [[nodiscard]] std::string_view bytes(int row, int column) const noexcept
    {
        return {PQgetvalue(result_.get(), row, column),
                static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
    }
    [[nodiscard]] std::string text(int row, int column) const
    {
        return std::string{bytes(row, column)};
    }
    /// A boolean, smallint, integer or bigint.
    [[nodiscard]] std::int64_t integer(int row, int column) const noexcept
    {
        const auto raw = bytes(row, column);
        if (raw.empty()) return 0;
        const bool is_negative = raw.size() > 1 && (static_cast<unsigned char>(raw[0]) & 0x80U);
        std::uint64_t value = is_negative ? ~std::uint64_t{0} : 0;
        for (const char byte : raw) value = (value << 8U) | static_cast<unsigned char>(byte);
        return static_cast<std::int64_t>(value);
    }
    [[nodiscard]] Timestamp time(int row, int column) const noexcept
    {
        return Timestamp{milliseconds{integer(row, column)}};
    }
    [[nodiscard]] std::optional<Timestamp> maybe_time(int row, int column) const noexcept
    {
        if (is_null(row, column)) return std::nullopt;
        return time(row, column);
    }
    template <class IdType>
    [[nodiscard]] IdType id(int row, int column) const noexcept
    {
        IdBytes value{};
        const auto raw = bytes(row, column);
        if (raw.size() == value.size()) std::memcpy(value.data(), raw.data(), value.size());
        return IdType{value};
    }

private:
    std::shared_ptr<PGresult> result_;
};

}  // namespace katydid::store::postgres
