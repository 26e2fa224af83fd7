// What can be said of a JSON text before it is trusted. Internal to signing/.
#pragma once

#include <cstddef>
#include <string_view>

namespace katydid::signing {

/// No webhook that must be read before its signature is checked has as many values.
constexpr std::size_t unproven_json_values_max = 50'000;

/// How many values and members a text has at most: what separates them outside of strings, counted
/// without parsing, so that no sender can make the hub build a document of a million values.
[[nodiscard]] std::size_t count_json_values(std::string_view text) noexcept;

/// Whether an object somewhere in the text has a member twice, so that two readers can see
/// different values. Any depth, and also in text that a strict parser refuses.
[[nodiscard]] bool has_repeated_member(std::string_view text);

}  // namespace katydid::signing
