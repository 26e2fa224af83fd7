// Hexadecimal and the two base64 alphabets, read strictly.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace katydid {

/// How bytes are written as text.
enum class Encoding : std::uint8_t {
    text,       ///< the bytes themselves
    hex,        ///< either case when read, lower case when written
    base64,     ///< RFC 4648, section 4, padding required
    base64url,  ///< RFC 4648, section 5, padding optional when read, none when written
};

/// Decodes into `out` and returns the number of bytes. Strict: no white space, no foreign
/// characters, no missing padding (base64), no bits left over that are not zero.
/// nullopt: not of this encoding, or longer than `out`.
[[nodiscard]] std::optional<std::size_t> decode(Encoding encoding, std::string_view text,
                                                std::span<char> out) noexcept;

/// The same into a string of its own.
[[nodiscard]] std::optional<std::string> decode(Encoding encoding, std::string_view text);

[[nodiscard]] std::string encode(Encoding encoding, std::string_view bytes);

}  // namespace katydid
