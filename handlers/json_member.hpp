// Finds the members of a JSON object without changing a byte of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace katydid::handlers {

/// The text of one member's value, white space around it trimmed, and whether it is a string.
struct JsonMember {
    std::string_view text;

    [[nodiscard]] bool is_string() const noexcept { return text.starts_with('"'); }
};

/// The value of a top-level member of an object, as the bytes that stand there. Of duplicate
/// names the last one counts, as Boost.JSON has it. nullopt when the text is no object, breaks
/// off, or has no such member. Names written with escapes are not found.
///
/// It scans and does not validate: what it returns is valid JSON if the whole text is.
[[nodiscard]] std::optional<JsonMember> find_member(std::string_view object, std::string_view name);

/// The same for two members in one scan.
[[nodiscard]] std::pair<std::optional<JsonMember>, std::optional<JsonMember>>
find_members(std::string_view object, std::string_view first, std::string_view second);

/// Where the string ends whose content begins at `begin`: at the first quote that no backslash
/// escapes. The text's size when there is none.
[[nodiscard]] std::size_t find_closing_quote(std::string_view text, std::size_t begin) noexcept;

/// The elements of an array, as they stand. nullopt when the text is no array or breaks off.
[[nodiscard]] std::optional<std::vector<std::string_view>> find_elements(std::string_view array);

}  // namespace katydid::handlers
