// Which event types Grasshopper's receiver knows, and what the others are to it.
#pragma once

#include <optional>
#include <string_view>

namespace katydid::dialects::grasshopper {

/// The type under which Grasshopper's receiver gets an event of this type, by types.json in this
/// folder. nullopt when it has no counterpart there: the receiver would answer 400.
[[nodiscard]] std::optional<std::string_view> map_type(std::string_view type);

}  // namespace katydid::dialects::grasshopper
