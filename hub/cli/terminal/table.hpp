// JSON objects as tables and lists for people.
#pragma once

#include "hub/cli/terminal/terminal.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::cli {

/// One column: its title, and where its value stands ("limits.in_flight").
struct Column {
    std::string_view title;
    std::string_view path;
};

/// A value as one line: "-" for nothing, lists with commas, objects as JSON, nothing a terminal
/// would act on.
[[nodiscard]] std::string cell_text(const boost::json::value& value);

/// The value at a dotted path; null where there is none.
[[nodiscard]] const boost::json::value& value_at(const boost::json::value& object,
                                                 std::string_view path);

/// On a terminal: titles, aligned columns, coloured states; what is too wide is cut in its last
/// column. Elsewhere: the cells with tabs between them, for cut and awk. Pure.
[[nodiscard]] std::string render_table(const boost::json::array& rows,
                                       std::span<const Column> columns, const Terminal& terminal);

/// One object, a member a line; nested ones with dots in their names. Pure.
[[nodiscard]] std::string render_object(const boost::json::object& object,
                                        const Terminal& terminal);

/// How a word such as "dead" or "active" is shown.
[[nodiscard]] Colour colour_of(std::string_view word) noexcept;

}  // namespace katydid::cli
