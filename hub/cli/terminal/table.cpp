#include "hub/cli/terminal/table.hpp"

#include "hub/core/json/write.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace katydid::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view nothing = "-";
constexpr std::string_view between = "  ";
constexpr std::size_t detail_columns = 24;
constexpr std::size_t narrow_columns = 32;  // an id has 30

constexpr std::array<std::pair<std::string_view, Colour>, 21> word_colours{{
    {"delivered", Colour::green}, {"active", Colour::green},     {"completed", Colour::green},
    {"success", Colour::green},   {"ok", Colour::green},         {"verified", Colour::green},
    {"closed", Colour::green},    {"scheduled", Colour::yellow}, {"paused", Colour::yellow},
    {"waiting", Colour::yellow},  {"running", Colour::yellow},   {"probing", Colour::yellow},
    {"ramping", Colour::yellow},  {"warning", Colour::yellow},   {"dead", Colour::red},
    {"disabled", Colour::red},    {"open", Colour::red},         {"failed", Colour::red},
    {"fault", Colour::red},       {"cancelled", Colour::dim},    {"skipped", Colour::dim},
}};

std::string join(const json::array& array)
{
    std::string text;
    for (const auto& item : array) {
        if (!text.empty()) text += ',';
        text += cell_text(item);
    }
    return text.empty() ? std::string{nothing} : text;
}

/// Members of objects, and of objects in lists, each a line of its own: "keys.0.id".
void flatten(const json::value& value, const std::string& name,
             std::vector<std::pair<std::string, std::string>>& lines)
{
    const auto prefix = name.empty() ? "" : name + ".";
    const auto* object = value.if_object();
    const auto* rows = value.if_array();
    if (object != nullptr && !object->empty()) {
        for (const auto& member : *object)
            flatten(member.value(), prefix + printable(member.key()), lines);
    } else if (rows != nullptr && !rows->empty() && rows->front().is_object()) {
        for (std::size_t i = 0; i < rows->size(); ++i)
            flatten((*rows)[i], prefix + std::to_string(i), lines);
    } else if (!name.empty()) {
        lines.emplace_back(name, cell_text(value));
    }
}

void pad(std::string& line, std::size_t width, std::size_t wanted)
{
    line.append(wanted > width ? wanted - width : 0, ' ');
}

using Cells = std::vector<std::vector<std::string>>;

std::string render_plain(const Cells& cells)
{
    std::string text;
    for (const auto& row : cells)
        for (std::size_t i = 0; i < row.size(); ++i)
            text.append(row[i]).append(i + 1 < row.size() ? "\t" : "\n");
    return text;
}

std::string time_text(const json::value& value, Timestamp now)
{
    const auto* text = value.if_string();
    const auto time = text == nullptr ? std::nullopt : parse_rfc3339(*text);
    return time ? relative_time(*time, now) : cell_text(value);
}

/// A table in the columns of a terminal: which of its columns have room, and whether the reason
/// stands below its row.
class Layout {
public:
    Layout(std::span<const Column> columns, const Cells& cells, const Terminal& terminal)
        : columns_{columns},
          cells_{cells},
          terminal_{terminal}
    {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            shown_.push_back(i);
            widths_.push_back(width_of(columns[i].title));
            for (const auto& row : cells) widths_[i] = std::max(widths_[i], width_of(row[i]));
            if (columns[i].show == Show::detail) widths_[i] = std::min(widths_[i], detail_columns);
        }
        const bool has_reason = !columns.empty() && columns.back().show == Show::reason;
        if (has_reason && width() > terminal.columns) {
            shown_.pop_back();
            is_below_ = true;
        }
        while (width() > terminal.columns && drop_one()) {}
        if (width() > terminal.columns)
            for (auto& wide : widths_) wide = std::min(wide, narrow_columns);
    }

    [[nodiscard]] std::string text() const
    {
        std::vector<std::string> titles;
        for (const auto& column : columns_) titles.emplace_back(column.title);
        std::string text;
        write_row(text, titles, true);
        for (const auto& row : cells_) {
            write_row(text, row, false);
            if (!is_below_ || row.back() == nothing) continue;
            const auto room = std::max<std::size_t>(terminal_.columns, 24) - 4;
            for (const auto& line : wrapped(row.back(), room))
                text.append("    ").append(line).append("\n");
        }
        return text;
    }

private:
    [[nodiscard]] std::size_t width() const
    {
        std::size_t width = 0;
        for (const auto i : shown_) width += (width > 0 ? between.size() : 0) + widths_[i];
        return width;
    }

    bool drop_one()
    {
        const auto least = std::ranges::max_element(
            shown_, {}, [&](std::size_t i) { return columns_[i].rank; });
        if (least == shown_.end() || columns_[*least].rank == 0) return false;
        shown_.erase(least);
        return true;
    }

    void write_row(std::string& text, const std::vector<std::string>& row, bool is_title) const
    {
        std::size_t used = 0;
        for (const auto i : shown_) {
            const bool is_last = i == shown_.back();
            const auto room = terminal_.columns > used ? terminal_.columns - used : 1;
            const auto shown = fit(row[i], is_last ? room : widths_[i]);
            text += paint(shown, is_title ? Colour::bold : colour_of(row[i]), terminal_.colour);
            if (!is_last) pad(text, width_of(shown), widths_[i] + between.size());
            used += widths_[i] + between.size();
        }
        text += '\n';
    }

    std::span<const Column> columns_;
    const Cells& cells_;
    const Terminal& terminal_;
    std::vector<std::size_t> shown_;
    std::vector<std::size_t> widths_;
    bool is_below_ = false;
};

}  // namespace

std::string relative_time(Timestamp time, Timestamp now)
{
    constexpr std::pair<std::int64_t, std::string_view> units[] = {
        {86'400, "d"}, {3'600, "h"}, {60, "min"}, {1, "s"}};
    const auto seconds
        = std::chrono::floor<std::chrono::seconds>(std::chrono::abs(time - now)).count();
    for (const auto& [length, unit] : units) {
        if (seconds < length) continue;
        const auto text = std::to_string(seconds / length) + " " + std::string{unit};
        return time > now ? "in " + text : text + " ago";
    }
    return "now";
}

Colour colour_of(std::string_view word) noexcept
{
    for (const auto& [known, colour] : word_colours)
        if (known == word) return colour;
    return Colour::none;
}

std::string cell_text(const json::value& value)
{
    if (value.is_null()) return std::string{nothing};
    if (const auto* text = value.if_string())
        return text->empty() ? std::string{nothing} : printable(*text);
    if (const auto* array = value.if_array()) return join(*array);
    if (const auto* object = value.if_object(); object != nullptr && object->empty())
        return std::string{nothing};
    return printable(json_text::write(value));
}

const json::value& value_at(const json::value& object, std::string_view path)
{
    if (path.empty()) return object;
    static const json::value none;
    const auto* members = object.if_object();
    return members == nullptr ? none : value_at(*members, path);
}

const json::value& value_at(const json::object& object, std::string_view path)
{
    static const json::value none;
    const auto dot = std::min(path.find('.'), path.size());
    const auto* found = object.if_contains(path.substr(0, dot));
    if (found == nullptr) return none;
    return value_at(*found, path.substr(std::min(dot + 1, path.size())));
}

std::string render_table(const json::array& rows, std::span<const Column> columns,
                         const Terminal& terminal, Timestamp now)
{
    Cells cells;
    for (const auto& row : rows) {
        auto& line = cells.emplace_back();
        for (const auto& column : columns) {
            const auto& value = value_at(row, column.path);
            line.push_back(terminal.out && column.show == Show::time ? time_text(value, now)
                                                                     : cell_text(value));
        }
    }
    if (!terminal.out) return render_plain(cells);
    return Layout{columns, cells, terminal}.text();
}

std::string render_object(const json::object& object, const Terminal& terminal)
{
    std::vector<std::pair<std::string, std::string>> lines;
    flatten(object, "", lines);
    std::size_t width = 0;
    for (const auto& [name, value] : lines) width = std::max(width, width_of(name));
    std::string text;
    for (const auto& [name, value] : lines) {
        if (!terminal.out) {
            text.append(name).append("\t").append(value).append("\n");
            continue;
        }
        text += paint(name, Colour::dim, terminal.colour);
        pad(text, width_of(name), width + between.size());
        text.append(paint(value, colour_of(value), terminal.colour)).append("\n");
    }
    return text;
}

}  // namespace katydid::cli
