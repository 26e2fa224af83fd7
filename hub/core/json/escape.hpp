// Escapes in JSON texts. Internal to hub/core/json.
#pragma once

#include <optional>
#include <string_view>

namespace katydid::json_text {

[[nodiscard]] inline bool is_space(char c) noexcept
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// The unit of an escape "\uXXXX" whose backslash is at `at`; nullopt when there is none.
[[nodiscard]] std::optional<unsigned> unit_at(std::string_view text, std::size_t at) noexcept;

/// The character that an escape "\u…" stands for, and how many bytes it takes up: 12 for a pair.
/// No character for half of one.
struct Escaped {
    std::optional<unsigned> code;
    std::size_t size;
};
[[nodiscard]] Escaped character_at(std::string_view text, std::size_t at) noexcept;

}  // namespace katydid::json_text
