#include "hub/cli/terminal/table.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace katydid::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view nothing = "-";
constexpr std::string_view between = "  ";

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

void flatten(const json::object& object, const std::string& prefix,
             std::vector<std::pair<std::string, std::string>>& lines)
{
    for (const auto& member : object) {
        const auto name = prefix + printable(member.key());
        const auto* inner = member.value().if_object();
        if (inner != nullptr && !inner->empty()) flatten(*inner, name + ".", lines);
        else lines.emplace_back(name, cell_text(member.value()));
    }
}

void pad(std::string& line, std::size_t width, std::size_t wanted)
{
    line.append(wanted > width ? wanted - width : 0, ' ');
}

std::string render_plain(const std::vector<std::vector<std::string>>& cells)
{
    std::string text;
    for (const auto& row : cells)
        for (std::size_t i = 0; i < row.size(); ++i)
            text.append(row[i]).append(i + 1 < row.size() ? "\t" : "\n");
    return text;
}

}  // namespace

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
    return printable(json::serialize(value));
}

const json::value& value_at(const json::value& object, std::string_view path)
{
    static const json::value none;
    const auto* at = &object;
    while (!path.empty()) {
        const auto dot = std::min(path.find('.'), path.size());
        const auto* members = at->if_object();
        const auto* found = members == nullptr ? nullptr
                                               : members->if_contains(path.substr(0, dot));
        if (found == nullptr) return none;
        at = found;
        path.remove_prefix(std::min(dot + 1, path.size()));
    }
    return *at;
}

std::string render_table(const json::array& rows, std::span<const Column> columns,
                         const Terminal& terminal)
{
    std::vector<std::vector<std::string>> cells;
    for (const auto& row : rows) {
        auto& line = cells.emplace_back();
        for (const auto& column : columns) line.push_back(cell_text(value_at(row, column.path)));
    }
    if (!terminal.out) return render_plain(cells);
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        widths.push_back(width_of(columns[i].title));
        for (const auto& row : cells) widths[i] = std::max(widths[i], width_of(row[i]));
    }
    std::string text;
    const auto write_row = [&](const std::vector<std::string>& row, bool is_title) {
        std::size_t used = 0;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const bool is_last = i + 1 == row.size();
            const auto room = terminal.columns > used ? terminal.columns - used : 1;
            const auto shown = is_last ? fit(row[i], room) : row[i];
            text += paint(shown, is_title ? Colour::bold : colour_of(row[i]), terminal.colour);
            if (!is_last) pad(text, width_of(shown), widths[i] + between.size());
            used += widths[i] + between.size();
        }
        text += '\n';
    };
    std::vector<std::string> titles;
    for (const auto& column : columns) titles.emplace_back(column.title);
    write_row(titles, true);
    for (const auto& row : cells) write_row(row, false);
    return text;
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
