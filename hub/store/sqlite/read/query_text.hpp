// Builds one query: its SQL text and what is bound to it.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/store/sqlite/file/connection.hpp"

#include <string>
#include <variant>
#include <vector>

namespace katydid::store::sqlite {

/// Conditions with their values, in order. Keeps the values alive while the statement runs.
class QueryText {
public:
    using Value = std::variant<std::int64_t, std::string>;

    QueryText& add(std::string_view sql)
    {
        sql_.append(sql);
        return *this;
    }
    QueryText& add(std::string_view sql, std::int64_t value) { return add_value(sql, value); }
    QueryText& add(std::string_view sql, Timestamp time)
    {
        return add_value(sql, std::int64_t{time.time_since_epoch().count()});
    }
    QueryText& add(std::string_view sql, std::string value)
    {
        return add_value(sql, std::move(value));
    }

    [[nodiscard]] const std::string& sql() const noexcept { return sql_; }

    void bind_to(Statement& statement) const
    {
        int index = 0;
        for (const auto& value : values_) {
            ++index;
            if (const auto* number = std::get_if<std::int64_t>(&value))
                statement.bind(index, *number);
            else statement.bind(index, std::string_view{std::get<std::string>(value)});
        }
    }

private:
    QueryText& add_value(std::string_view sql, Value value)
    {
        values_.push_back(std::move(value));
        return add(sql);
    }

    std::string sql_;
    std::vector<Value> values_;
};

}  // namespace katydid::store::sqlite
