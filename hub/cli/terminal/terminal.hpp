// Whether people are looking, and what may be written where they look.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::cli {

/// What is known of standard output and standard error.
struct Terminal {
    bool out = false;     ///< standard output is one: tables
    bool error = false;   ///< standard error is one: progress
    bool colour = false;  ///< on standard output; NO_COLOR (no-color.org) switches it off
    std::size_t columns = 80;
};

[[nodiscard]] Terminal find_terminal();

enum class Colour { none, green, yellow, red, dim, bold };

/// The text between escape sequences, or as it is.
[[nodiscard]] std::string paint(std::string_view text, Colour colour, bool enabled);

/// Text that may come from a stranger, without what a terminal would act on: control characters and
/// bytes that are no UTF-8 become U+FFFD, so that an event type cannot move a cursor or rename a
/// window; what turns the direction of a text or cannot be seen is written out ("\u202E").
[[nodiscard]] std::string printable(std::string_view text);

/// Writes a stranger's text to standard output: line ends are kept, the rest is printable().
void print_lines(std::string_view text);

/// Columns a text takes on a terminal: two for a wide character (CJK, emoji), none for one that
/// stands upon another.
[[nodiscard]] std::size_t width_of(std::string_view text) noexcept;

/// The text, or as much of it as fits, with an ellipsis.
[[nodiscard]] std::string fit(std::string text, std::size_t columns_max);

/// The text in lines that fit, broken at its blanks; a longer word stays whole.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

}  // namespace katydid::cli
