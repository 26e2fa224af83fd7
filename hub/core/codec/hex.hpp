// The digits of hexadecimal text.
#pragma once

#include <string>
#include <string_view>

namespace katydid {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view hex_digits_upper = "0123456789ABCDEF";

/// Of a digit of either case; -1: it is none.
[[nodiscard]] constexpr int hex_value(char c) noexcept
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

inline void append_hex(std::string& out, char byte, std::string_view digits = hex_digits)
{
    const auto value = static_cast<unsigned char>(byte);
    out.append({digits[value >> 4U], digits[value & 15U]});
}

}  // namespace katydid
