// The exact bytes of one member of a JSON object.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace katydid::api {

/// The bytes of the value of a top-level member, as they stand in `text`: nothing is parsed and
/// written again, so numbers, escapes and white space stay as the publisher wrote them.
/// \param text  a JSON object that was validated before
/// Returns nullopt when there is no such member. Of repeated members it finds the last.
[[nodiscard]] std::optional<std::string_view> top_level_value(std::string_view text,
                                                              std::string_view name);

/// The elements of a JSON list, as they stand in `text`.
/// \param text  a JSON list that was validated before
/// \param count_max  where to stop
[[nodiscard]] std::vector<std::string_view> array_elements(std::string_view text,
                                                           std::size_t count_max);

}  // namespace katydid::api
