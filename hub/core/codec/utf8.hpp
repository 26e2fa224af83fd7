// UTF-8 (RFC 3629): checked, read, made whole.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace katydid {

/// U+FFFD: it stands for bytes that are no character.
constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

/// Whether the bytes are well-formed: no overlong forms, no surrogates.
[[nodiscard]] bool is_utf8(std::string_view bytes) noexcept;

/// The code point at the front of a text that is not empty.
struct CodePoint {
    char32_t value = 0;
    std::size_t bytes = 1;
    bool is_valid = false;  ///< else the byte belongs to no well-formed UTF-8
};
[[nodiscard]] CodePoint first_code_point(std::string_view text) noexcept;

/// A code point below 0x110000.
void append_utf8(std::string& out, char32_t code);

/// The text; of bytes that are not well-formed as a whole, every one beyond ASCII is U+FFFD.
[[nodiscard]] std::string as_utf8(std::string_view bytes);

}  // namespace katydid
