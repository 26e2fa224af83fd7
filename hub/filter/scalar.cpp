#include "hub/filter/scalar.hpp"

#include <cmath>
#include <limits>

namespace katydid::filter {
namespace {

namespace json = boost::json;

template <class Number>
int sign_of(Number a, Number b) noexcept
{
    return a < b ? -1 : a > b ? 1 : 0;
}

/// 64 bits of mantissa or more: exact for both integer kinds and for double.
std::optional<long double> wide(const json::value& value) noexcept
{
    switch (value.kind()) {
    case json::kind::int64: return static_cast<long double>(value.get_int64());
    case json::kind::uint64: return static_cast<long double>(value.get_uint64());
    case json::kind::double_: return static_cast<long double>(value.get_double());
    default: return std::nullopt;
    }
}

std::optional<long double> wide(const Scalar& scalar) noexcept
{
    if (const auto* number = std::get_if<std::int64_t>(&scalar)) return *number;
    if (const auto* number = std::get_if<std::uint64_t>(&scalar)) return *number;
    if (const auto* number = std::get_if<double>(&scalar)) return *number;
    return std::nullopt;
}

}  // namespace

std::optional<Scalar> to_scalar(const json::value& value)
{
    switch (value.kind()) {
    case json::kind::null: return Scalar{nullptr};
    case json::kind::bool_: return Scalar{value.get_bool()};
    case json::kind::int64: return Scalar{std::int64_t{value.get_int64()}};
    case json::kind::uint64: return Scalar{std::uint64_t{value.get_uint64()}};
    case json::kind::double_: return Scalar{value.get_double()};
    case json::kind::string: return Scalar{std::string{value.get_string()}};
    case json::kind::array:
    case json::kind::object: return std::nullopt;
    }
    return std::nullopt;
}

Scalar normal(Scalar scalar) noexcept
{
    constexpr auto limit = 9'223'372'036'854'775'808.0;  // 2^63
    if (const auto* number = std::get_if<std::uint64_t>(&scalar)) {
        if (*number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return static_cast<std::int64_t>(*number);
    } else if (const auto* real = std::get_if<double>(&scalar)) {
        if (*real != std::trunc(*real)) return scalar;
        if (*real >= -limit && *real < limit) return static_cast<std::int64_t>(*real);
        if (*real >= limit && *real < 2 * limit) return static_cast<std::uint64_t>(*real);
    }
    return scalar;
}

bool is_equal(const json::value& value, const Scalar& scalar) noexcept
{
    switch (value.kind()) {
    case json::kind::null: return std::holds_alternative<std::nullptr_t>(scalar);
    case json::kind::bool_: {
        const auto* flag = std::get_if<bool>(&scalar);
        return flag != nullptr && *flag == value.get_bool();
    }
    case json::kind::array:
    case json::kind::object: return false;
    default: return order_of(value, scalar) == 0;
    }
}

std::optional<int> order_of(const json::value& value, const Scalar& scalar) noexcept
{
    if (const auto* text = value.if_string()) {
        const auto* other = std::get_if<std::string>(&scalar);
        if (other == nullptr) return std::nullopt;
        const std::string_view left{text->data(), text->size()};
        return sign_of(left.compare(*other), 0);
    }
    if (const auto* number = value.if_int64())
        if (const auto* other = std::get_if<std::int64_t>(&scalar)) return sign_of(*number, *other);
    const auto left = wide(value);
    const auto right = wide(scalar);
    if (!left || !right) return std::nullopt;
    return sign_of(*left, *right);
}

}  // namespace katydid::filter
