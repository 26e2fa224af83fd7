#include "hub/core/json/escape.hpp"

#include "hub/core/codec/hex.hpp"

namespace katydid::json_text {
namespace {

bool is_high(unsigned unit) noexcept { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low(unsigned unit) noexcept { return unit >= 0xDC00 && unit < 0xE000; }

}  // namespace

std::optional<unsigned> unit_at(std::string_view text, std::size_t at) noexcept
{
    if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return std::nullopt;
    unsigned unit = 0;
    for (std::size_t i = at + 2; i < at + 6; ++i) {
        const int digit = hex_value(text[i]);
        if (digit < 0) return std::nullopt;
        unit = unit * 16 + static_cast<unsigned>(digit);
    }
    return unit;
}

Escaped character_at(std::string_view text, std::size_t at) noexcept
{
    const auto unit = unit_at(text, at);
    if (!unit) return {std::nullopt, 2};
    if (is_low(*unit)) return {std::nullopt, 6};
    if (!is_high(*unit)) return {unit, 6};
    const auto low = unit_at(text, at + 6);
    if (!low || !is_low(*low)) return {std::nullopt, 6};
    return {0x10000 + ((*unit - 0xD800) << 10U) + (*low - 0xDC00), 12};
}

}  // namespace katydid::json_text
