#include "hub/cli/terminal/terminal.hpp"

#include "hub/core/codec/utf8.hpp"
#include "hub/core/text/visible.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace katydid::cli {
namespace {

constexpr std::string_view ellipsis = "\xE2\x80\xA6";

constexpr bool continues(char c) noexcept
{
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
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
    for (const char c : text) width += continues(c) ? 0 : 1;
    return width;
}

std::string fit(std::string text, std::size_t columns_max)
{
    if (width_of(text) <= columns_max || columns_max == 0) return text;
    std::size_t kept = 0;
    std::size_t end = 0;
    while (end < text.size() && (kept < columns_max - 1 || continues(text[end]))) {
        if (!continues(text[end])) ++kept;
        ++end;
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
