// JSON objects as tables and lists for people.
#pragma once

#include "hub/cli/terminal/terminal.hpp"
#include "hub/core/clock.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::cli {

/// How people see the values of a column.
enum class Show { text, time, reason, detail };

/// One column: its title, and where its value stands ("limits.in_flight").
struct Column {
    std::string_view title;
    std::string_view path;
    /// On a terminal a time is written as "in 5 min"; the reason, which stands last, goes below its
    /// row, whole, where the line has no room for it. A detail, which stands last, may be cut.
    Show show = Show::text;
    /// Where the terminal is too narrow, the column with the highest goes first; 0 stays.
    unsigned rank = 0;
};

/// A value as one line: "-" for nothing, lists with commas, objects as JSON, nothing a terminal
/// would act on.
[[nodiscard]] std::string cell_text(const boost::json::value& value);

/// The value at a dotted path; null where there is none.
[[nodiscard]] const boost::json::value& value_at(const boost::json::value& object,
                                                 std::string_view path);
[[nodiscard]] const boost::json::value& value_at(const boost::json::object& object,
                                                 std::string_view path);

/// "in 5 min", "2 h ago", "now". Pure.
[[nodiscard]] std::string relative_time(Timestamp time, Timestamp now);

/// On a terminal: titles, aligned columns, coloured states; what is too wide loses columns, then is
/// cut in its last one. Elsewhere: the cells with tabs between them, for cut and awk. Pure.
[[nodiscard]] std::string render_table(const boost::json::array& rows,
                                       std::span<const Column> columns, const Terminal& terminal,
                                       Timestamp now);

/// One object, a member a line; nested ones with dots in their names. Pure.
[[nodiscard]] std::string render_object(const boost::json::object& object,
                                        const Terminal& terminal);

/// How a word such as "dead" or "active" is shown.
[[nodiscard]] Colour colour_of(std::string_view word) noexcept;

}  // namespace katydid::cli
