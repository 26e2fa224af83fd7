// Lists in header values, and parameters in queries and forms. Internal to signing/.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace katydid::signing {

/// Takes the next item off the front of a list, trimmed.
[[nodiscard]] std::string_view take_item(std::string_view& list,
                                         std::string_view separator) noexcept;

/// %XX once; a % without two hex digits stays. `+` becomes a space in forms and queries.
[[nodiscard]] std::string url_decoded(std::string_view text, bool plus_is_space);

/// What follows the `?` of a target or URL.
[[nodiscard]] std::string_view query_of(std::string_view target) noexcept;

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// More of them are no form and no query that anybody sends.
constexpr std::size_t parameters_max = 1000;

/// All parameters, decoded, in order; nullopt: there are more than parameters_max.
[[nodiscard]] std::optional<Parameters> parse_parameters(std::string_view text);

}  // namespace katydid::signing
