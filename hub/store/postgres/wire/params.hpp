// Values for a statement, in PostgreSQL's binary format.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/id.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace katydid::store::postgres {

/// Numbers of types in the database's catalog (src/include/catalog/pg_type.dat).
enum class Type : unsigned {
    boolean = 16,
    bytes = 17,
    integer = 20,
    text = 25,
    id = 2950,
    bytes_array = 1001,
    integer_array = 1016,
    id_array = 2951,
};

/// One array, filled element by element: the rows of a statement over unnest().
///
/// Thread safety: none.
class Array {
public:
    explicit Array(Type element);

    void add(std::int64_t value);
    void add(Timestamp time) { add(std::int64_t{time.time_since_epoch().count()}); }
    void add(std::string_view bytes);
    void add(const IdBytes& id);
    template <class Tag>
    void add(const Id<Tag>& id)
    {
        add(id.bytes());
    }
    void add_null();

    [[nodiscard]] std::uint32_t size() const noexcept { return count_; }
    [[nodiscard]] Type type() const noexcept;
    /// The value in its format; the array is empty afterwards.
    [[nodiscard]] std::string take();

private:
    Type element_;
    std::uint32_t count_ = 0;
    std::string bytes_;
};

/// The values of one statement, in order: $1, $2, ….
class Params {
public:
    struct Value {
        Type type;
        bool is_null = false;
        std::string bytes;
    };

    template <class... Values>
    static Params of(Values&&... values)
    {
        Params params;
        (params.add(std::forward<Values>(values)), ...);
        return params;
    }

    Params& add(std::int64_t value);
    template <class Enum>
        requires std::is_enum_v<Enum>
    Params& add(Enum value)
    {
        return add(static_cast<std::int64_t>(value));
    }
    Params& add(Timestamp time) { return add(std::int64_t{time.time_since_epoch().count()}); }
    Params& add(std::string_view bytes);
    Params& add(const IdBytes& id);
    template <class Tag>
    Params& add(const Id<Tag>& id)
    {
        return add(id.bytes());
    }
    Params& add(const std::optional<Timestamp>& time);
    template <class Tag>
    Params& add(const std::optional<Id<Tag>>& id)
    {
        return id ? add(*id) : add_null(Type::id);
    }
    Params& add(Array array);
    Params& add_text(std::string_view text);
    Params& add_null(Type type);

    [[nodiscard]] const std::vector<Value>& values() const noexcept { return values_; }

private:
    std::vector<Value> values_;
};

}  // namespace katydid::store::postgres
