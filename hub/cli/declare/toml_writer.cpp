#include "hub/cli/declare/toml_writer.hpp"

#include "hub/core/json/write.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace katydid::cli::declare {
namespace {

namespace json = boost::json;

bool is_bare(std::string_view key)
{
    constexpr std::string_view marks = "-_";
    return !key.empty() && std::ranges::all_of(key, [&](unsigned char c) {
        return (std::isalnum(c) != 0 && c < 0x80) || marks.find(static_cast<char>(c)) != marks.npos;
    });
}

/// Whether a text is easier to read as lines (code, above all), and TOML can have it as such.
bool is_lines(std::string_view text)
{
    const auto is_control = [](unsigned char c) {
        return (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F;
    };
    return text.find('\n') != text.npos && text.find("'''") == text.npos && !text.ends_with('\'')
           && std::ranges::none_of(text, is_control);
}

std::string literal(std::string_view text)
{
    return std::string{"'''\n"}.append(text).append("'''");
}

/// A number with a point or an exponent, so that it stays one with a fraction.
std::string number_text(double number)
{
    char text[32];
    const auto end = std::to_chars(std::begin(text), std::end(text), number).ptr;
    std::string written{std::begin(text), end};
    if (written.find_first_of(".e") == std::string::npos) written += ".0";
    return written;
}

/// Empty where one of them cannot be written.
std::string list_text(const json::array& array)
{
    std::string text;
    for (const auto& each : array) {
        const auto written = toml_value(each);
        if (written.empty()) return {};
        text += (text.empty() ? "" : ", ") + written;
    }
    return "[" + text + "]";
}

std::string table_text(const json::object& object)
{
    std::string text;
    for (const auto& [key, value] : object) {
        const auto written = toml_value(value);
        if (written.empty()) return {};
        text += (text.empty() ? " " : ", ") + toml_key(key) + " = " + written;
    }
    return text.empty() ? "{}" : "{" + text + " }";
}

bool is_flat(const json::value& value)
{
    const auto* array = value.if_array();
    if (array == nullptr) return !value.is_object() || value.get_object().empty();
    return std::ranges::none_of(
        *array, [](const auto& each) { return each.is_object() || each.is_array(); });
}

void indent(const json::value& value, const std::string& margin, std::string& text)
{
    if (is_flat(value)) {
        text += json_text::write(value);
        return;
    }
    const auto inner = margin + "  ";
    const bool is_array = value.is_array();
    text += is_array ? "[" : "{";
    bool is_first = true;
    const auto begin_line = [&] {
        text += (is_first ? "\n" : ",\n") + inner;
        is_first = false;
    };
    if (is_array)
        for (const auto& each : value.get_array()) {
            begin_line();
            indent(each, inner, text);
        }
    else
        for (const auto& [key, each] : value.get_object()) {
            begin_line();
            text += json::serialize(key) + ": ";
            indent(each, inner, text);
        }
    text += "\n" + margin + (is_array ? "]" : "}");
}

}  // namespace

std::string toml_text(std::string_view text)
{
    std::string written = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') written += {'\\', c};
        else if (c == '\n') written += "\\n";
        else if (c == '\t') written += "\\t";
        else if (byte < 0x20 || byte == 0x7F) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04X", static_cast<unsigned>(byte));
            written += escape;
        } else written += c;
    }
    return written + "\"";
}

std::string toml_key(std::string_view key)
{
    return is_bare(key) ? std::string{key} : toml_text(key);
}

std::string toml_value(const json::value& value)
{
    switch (value.kind()) {
    case json::kind::string:
        return is_lines(value.get_string()) ? literal(value.get_string())
                                            : toml_text(value.get_string());
    case json::kind::bool_: return value.get_bool() ? "true" : "false";
    case json::kind::int64: return std::to_string(value.get_int64());
    case json::kind::double_: return number_text(value.get_double());
    case json::kind::array: return list_text(value.get_array());
    case json::kind::object: return table_text(value.get_object());
    case json::kind::uint64:
    case json::kind::null: break;
    }
    return {};
}

std::string toml_json_text(const json::value& value)
{
    std::string text;
    indent(value, "", text);
    if (text.find("'''") != std::string::npos || text.find('\r') != std::string::npos)
        return toml_text(text);
    return literal(text + "\n");
}

}  // namespace katydid::cli::declare
