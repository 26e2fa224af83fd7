// Values that a filter compares with.
#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace katydid::filter {

/// What JSON calls a scalar. Numbers keep their kind, so that large integers compare exactly.
using Scalar = std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string>;

/// nullopt for an object or an array.
[[nodiscard]] std::optional<Scalar> to_scalar(const boost::json::value& value);

/// One form for each number: what is equal by is_equal has the same form.
[[nodiscard]] Scalar normal(Scalar scalar) noexcept;

/// Equal in kind and value; 1, 1.0 and 1e0 are the same number.
[[nodiscard]] bool is_equal(const boost::json::value& value, const Scalar& scalar) noexcept;

/// -1, 0 or 1 for two numbers, or for two texts (by bytes); nullopt when they have no order.
[[nodiscard]] std::optional<int> order_of(const boost::json::value& value,
                                          const Scalar& scalar) noexcept;

}  // namespace katydid::filter
