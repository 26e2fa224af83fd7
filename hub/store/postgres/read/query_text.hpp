// Builds one query: its SQL text and its values.
#pragma once

#include "hub/store/postgres/wire/params.hpp"

#include <string>
#include <utility>

namespace katydid::store::postgres {

/// Each '?' of a condition becomes the next $n.
class QueryText {
public:
    QueryText& add(std::string_view sql)
    {
        for (const char c : sql) {
            if (c != '?') sql_.push_back(c);
            else sql_.append("$").append(std::to_string(++count_));
        }
        return *this;
    }
    template <class Value>
    QueryText& add(std::string_view sql, Value&& value)
    {
        params_.add(std::forward<Value>(value));
        return add(sql);
    }

    [[nodiscard]] const std::string& sql() const noexcept { return sql_; }
    [[nodiscard]] const Params& params() const noexcept { return params_; }

private:
    std::string sql_;
    Params params_;
    int count_ = 0;
};

}  // namespace katydid::store::postgres
