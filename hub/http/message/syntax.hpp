// The small pieces of HTTP's grammar that the framing gate is made of. RFC 9110 and RFC 9112.
#pragma once

#include <cstdint>
#include <string_view>

namespace katydid::http {

enum class CharKind : std::uint8_t {
    token = 1,   ///< of a method or a field name
    value = 2,   ///< of a field value
    target = 4,  ///< of a request target
    host = 8,    ///< of a host name
};

/// Whether the text is not empty and every character is of that kind.
[[nodiscard]] bool all_are(std::string_view text, CharKind kind) noexcept;

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Decimal digits only, at most 19 of them, so that no 64-bit number overflows.
[[nodiscard]] bool parse_length(std::string_view text, std::uint64_t& value) noexcept;

/// Checks the value of Host and takes off the port. False: it is not a host.
[[nodiscard]] bool parse_host(std::string_view value, std::string_view& host) noexcept;

}  // namespace katydid::http
