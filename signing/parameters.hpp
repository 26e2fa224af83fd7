// Lists in header values, and parameters in queries and forms. Internal to signing/.
#pragma once

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

/// What stands behind the `?` of a target or URL.
[[nodiscard]] std::string_view query_of(std::string_view target) noexcept;

using Parameters = std::vector<std::pair<std::string, std::string>>;

/// All parameters, decoded, in order. At most 1000; the rest is dropped.
[[nodiscard]] Parameters parse_parameters(std::string_view text);

}  // namespace katydid::signing
