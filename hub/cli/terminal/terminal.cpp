#include "hub/cli/terminal/terminal.hpp"

#include "hub/core/codec/utf8.hpp"
#include "hub/core/text/visible.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <span>

namespace katydid::cli {
namespace {

constexpr std::string_view ellipsis = "\xE2\x80\xA6";

struct Range {
    char32_t first;
    char32_t last;
};

// Unicode 15: East_Asian_Width W and F, in blocks; General_Category Mn and Me where terminals meet
// them.
constexpr Range wide[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x23E9, 0x23EC},   {0x25FD, 0x25FE},
    {0x2614, 0x2615},   {0x2648, 0x2653},   {0x26A1, 0x26A1},   {0x26BD, 0x26BE},
    {0x26C4, 0x26C5},   {0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F5},
    {0x2705, 0x2705},   {0x270A, 0x270B},   {0x2728, 0x2728},   {0x274C, 0x274C},
    {0x2753, 0x2757},   {0x2795, 0x2797},   {0x2B1B, 0x2B1C},   {0x2B50, 0x2B55},
    {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},
    {0xA000, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},
    {0xFE30, 0xFE6F},   {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF},
    {0x1B000, 0x1B2FF}, {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F19A},
    {0x1F1E6, 0x1F320}, {0x1F32D, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7EB},
    {0x1F90C, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
};
constexpr Range upon_another[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A}, {0x064B, 0x065F},
    {0x06D6, 0x06DC}, {0x0900, 0x0902}, {0x093C, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D},
    {0x0E31, 0x0E31}, {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
    {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0x302A, 0x302D}, {0x3099, 0x309A}, {0xFE00, 0xFE0F},
    {0xFE20, 0xFE2F},
};

bool is_in(std::span<const Range> ranges, char32_t code) noexcept
{
    return std::ranges::any_of(
        ranges, [code](const Range& each) { return each.first <= code && code <= each.last; });
}

std::size_t columns_of(const CodePoint& code) noexcept
{
    if (!code.is_valid || code.value < 0x300) return 1;
    if (is_in(upon_another, code.value)) return 0;
    return is_in(wide, code.value) ? 2 : 1;
}

std::string_view code_of(Colour colour) noexcept
{
    switch (colour) {
    case Colour::green: return "\x1b[32m";
    case Colour::yellow: return "\x1b[33m";
    case Colour::red: return "\x1b[31m";
    case Colour::dim: return "\x1b[2m";
    case Colour::bold: return "\x1b[1m";
    case Colour::none: break;
    }
    return {};
}

}  // namespace

Terminal find_terminal()
{
    Terminal terminal;
    terminal.out = ::isatty(STDOUT_FILENO) == 1;
    terminal.error = ::isatty(STDERR_FILENO) == 1;
    const char* off = std::getenv("NO_COLOR");
    const char* kind = std::getenv("TERM");
    terminal.colour = terminal.out && (off == nullptr || *off == '\0')
                      && (kind == nullptr || std::string_view{kind} != "dumb");
    winsize size{};
    if (terminal.out && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        terminal.columns = size.ws_col;
    return terminal;
}

std::string paint(std::string_view text, Colour colour, bool enabled)
{
    const auto code = code_of(colour);
    if (!enabled || code.empty()) return std::string{text};
    std::string painted{code};
    painted.append(text).append("\x1b[0m");
    return painted;
}

std::string printable(std::string_view text)
{
    std::string safe;
    safe.reserve(text.size());
    while (!text.empty()) {
        const auto code = first_code_point(text);
        if (!code.is_valid || is_control(code.value)) safe.append(replacement_character);
        else if (is_invisible(code.value)) safe.append(escaped(code.value));
        else safe.append(text.substr(0, code.bytes));
        text.remove_prefix(code.bytes);
    }
    return safe;
}

void print_lines(std::string_view text)
{
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        std::cout << printable(text.substr(0, end)) << '\n';
        text.remove_prefix(std::min(end + 1, text.size()));
    }
}

std::size_t width_of(std::string_view text) noexcept
{
    std::size_t width = 0;
    while (!text.empty()) {
        const auto code = first_code_point(text);
        width += columns_of(code);
        text.remove_prefix(code.bytes);
    }
    return width;
}

std::string fit(std::string text, std::size_t columns_max)
{
    if (width_of(text) <= columns_max || columns_max == 0) return text;
    std::size_t kept = 0;
    std::size_t end = 0;
    while (end < text.size()) {
        const auto code = first_code_point(std::string_view{text}.substr(end));
        const auto columns = columns_of(code);
        if (kept + columns > columns_max - 1) break;
        kept += columns;
        end += code.bytes;
    }
    text.resize(end);
    return text.append(ellipsis);
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns)
{
    std::vector<std::string> lines;
    while (width_of(text) > columns) {
        auto end = text.rfind(' ', columns);
        if (end == std::string_view::npos || end == 0) end = text.find(' ', columns);
        if (end == std::string_view::npos) break;
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    lines.emplace_back(text);
    return lines;
}

}  // namespace katydid::cli
