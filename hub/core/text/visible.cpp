#include "hub/core/text/visible.hpp"

#include "hub/core/codec/hex.hpp"
#include "hub/core/codec/utf8.hpp"

#include <algorithm>
#include <array>

namespace katydid {
namespace {

struct Range {
    char32_t first;
    char32_t last;
};

/// Unicode's default ignorable characters and line separators, but for the variation selectors,
/// which emoji need.
constexpr std::array<Range, 17> invisible_ranges{{{0x00AD, 0x00AD},
                                                  {0x034F, 0x034F},
                                                  {0x061C, 0x061C},
                                                  {0x115F, 0x1160},
                                                  {0x17B4, 0x17B5},
                                                  {0x180B, 0x180F},
                                                  {0x200B, 0x200F},
                                                  {0x2028, 0x202E},
                                                  {0x2060, 0x206F},
                                                  {0x3164, 0x3164},
                                                  {0xFEFF, 0xFEFF},
                                                  {0xFFA0, 0xFFA0},
                                                  {0xFFF0, 0xFFFB},
                                                  {0x1BCA0, 0x1BCA3},
                                                  {0x1D173, 0x1D17A},
                                                  {0xE0000, 0xE007F},
                                                  {0xE0080, 0xE0FFF}}};

bool is_plain(char c) noexcept { return c >= ' ' && c <= '~'; }

void append_unit(std::string& out, unsigned unit)
{
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += hex_digits_upper[(unit >> shift) & 0xFU];
}

}  // namespace

bool is_control(char32_t code) noexcept { return code < 0x20 || (code >= 0x7F && code < 0xA0); }

bool is_invisible(char32_t code) noexcept
{
    return std::ranges::any_of(invisible_ranges, [code](const Range& range) {
        return code >= range.first && code <= range.last;
    });
}

std::string escaped(char32_t code)
{
    std::string out;
    if (code > 0xFFFF) {
        append_unit(out, 0xD800U + ((code - 0x10000U) >> 10U));
        append_unit(out, 0xDC00U + (code & 0x3FFU));
    } else {
        append_unit(out, code);
    }
    return out;
}

std::string visible(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto plain = std::ranges::find_if_not(text, is_plain) - text.begin();
        out.append(text.substr(0, static_cast<std::size_t>(plain)));
        text.remove_prefix(static_cast<std::size_t>(plain));
        if (text.empty()) break;
        const auto code = first_code_point(text);
        if (!code.is_valid) out += replacement_character;
        else if (is_control(code.value) || is_invisible(code.value)) out += escaped(code.value);
        else out.append(text.substr(0, code.bytes));
        text.remove_prefix(code.bytes);
    }
    return out;
}

}  // namespace katydid
