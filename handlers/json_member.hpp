// Finds the members of a JSON object without changing a byte of them.
#pragma once

#include "hub/core/json/scan.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace katydid::handlers {

/// The text of one member's value, white space around it trimmed, and whether it is a string.
struct JsonMember {
    std::string_view text;

    [[nodiscard]] bool is_string() const noexcept { return text.starts_with('"'); }
};

/// The value of a top-level member of an object, as the bytes that stand there. Of duplicate
/// names the last one counts, as Boost.JSON has it. nullopt when the text is no object, breaks
/// off, or has no such member.
///
/// It scans and does not validate: what it returns is valid JSON if the whole text is.
[[nodiscard]] std::optional<JsonMember> find_member(std::string_view object, std::string_view name);

/// The same for two members in one scan.
[[nodiscard]] std::pair<std::optional<JsonMember>, std::optional<JsonMember>>
find_members(std::string_view object, std::string_view first, std::string_view second);

}  // namespace katydid::handlers
