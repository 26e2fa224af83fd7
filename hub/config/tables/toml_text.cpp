#include "hub/config/tables/toml_text.hpp"

#include "hub/config/secrets.hpp"
#include "hub/core/text/text.hpp"

#include <sstream>

namespace katydid::config {

std::string TomlText::place_of(const toml::node& node) const
{
    return path_ + ":" + std::to_string(node.source().begin.line);
}

Error TomlText::at(const toml::node& node, std::string_view what) const
{
    return {errc::invalid_argument, place_of(node) + ": " + std::string{what}};
}

void TomlText::refuse_absent(const toml::node& node, std::string_view what) const
{
    if (!mistakes_.has_lost_part()) refuse(node, what);
}

std::optional<std::string> TomlText::to_text(const toml::node& node)
{
    if (const auto* array = node.as_array()) {
        std::string joined;
        for (const auto& item : *array) {
            const auto* text = item.as_string();
            if (text == nullptr) return std::nullopt;
            joined += (joined.empty() ? "" : ",") + text->get();
        }
        return joined;
    }
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
    return std::nullopt;
}

void TomlText::refuse_unknown(const toml::table& table,
                              const std::set<std::string_view>& known) const
{
    for (const auto& [key, node] : table)
        if (!known.contains(key.str()))
            refuse(node, "there is no key \"" + std::string{key.str()} + "\" in this table");
}

std::optional<std::string> TomlText::need_text(const toml::table& table, std::string_view key) const
{
    const auto* node = table.get(key);
    const auto name = "\"" + std::string{key} + "\"";
    if (node == nullptr) {
        refuse_absent(table, name + " is missing");
        return std::nullopt;
    }
    const auto* text = node->as_string();
    if (text != nullptr && !text->get().empty()) return text->get();
    refuse(*node, name + " must be a text that is not empty");
    return std::nullopt;
}

void TomlText::read_text(const toml::table& table, std::string_view key, std::string& into) const
{
    if (!table.contains(key)) return;
    if (auto text = need_text(table, key)) into = std::move(*text);
}

std::vector<std::string> TomlText::texts(const toml::table& table, std::string_view key) const
{
    const auto* node = table.get(key);
    if (node == nullptr) return {};
    if (const auto text = to_text(*node)) return split_list(*text);
    refuse(*node, "\"" + std::string{key} + "\" must be a list of texts");
    return {};
}

std::optional<Secret> TomlText::secret(const toml::table& table, const std::string& key,
                                       std::string_view absent) const
{
    const bool is_there = table.contains(key) || table.contains(key + "_env")
                          || table.contains(key + "_file");
    if (!is_there) {
        if (!absent.empty()) refuse_absent(table, absent);
        return std::nullopt;
    }
    auto found = find_secret(table, key);
    if (!note(found)) return std::nullopt;
    return std::move(*found);
}

result<Secret> TomlText::find_secret(const toml::table& table, const std::string& key) const
{
    const auto by_variable = key + "_env";
    const auto by_file = key + "_file";
    if (const auto* inline_secret = table.get(key))
        return at(*inline_secret, "secrets come by reference only: use " + by_variable
                                      + " = \"VARIABLE\" or " + by_file + " = \"PATH\"");
    const bool is_variable = table.contains(by_variable);
    const auto& node = *table.get(is_variable ? by_variable : by_file);
    const auto* name = node.as_string();
    if (name == nullptr || name->get().empty())
        return at(node, "\"" + (is_variable ? by_variable : by_file)
                            + "\" must be a text that is not empty");
    if (!is_variable) {
        auto found = secret_from_file(name->get());
        if (!found) return at(node, found.error().message);
        return found;
    }
    auto found = secret_from_variable(environment_, name->get());
    if (!found) return at(node, found.error().message);
    if (!*found) return at(node, "the variable " + name->get() + " is not set");
    return std::move(**found);
}

namespace {

/// The lines of a text, so that one of them can be left out.
struct Lines {
    explicit Lines(const std::string& whole)
    {
        std::istringstream in{whole};
        for (std::string line; std::getline(in, line);) text.push_back(line);
    }
    [[nodiscard]] std::string joined() const
    {
        std::string all;
        for (const auto& line : text) all.append(line).append("\n");
        return all;
    }
    std::vector<std::string> text;
};

}  // namespace

std::optional<toml::table> parse_toml(const std::string& text, const std::string& path,
                                      Mistakes& mistakes)
{
    Lines lines{text};
    for (;;) {
        try {
            return toml::parse(lines.joined(), path);
        } catch (const toml::parse_error& error) {
            const auto number = error.source().begin.line;
            const auto why = error.description();
            mistakes.add(path + ":" + std::to_string(number), why);
            mistakes.lose_part();
            const bool is_line = why.starts_with("Error while parsing key-value pair");
            if (!is_line || number == 0 || number > lines.text.size()) return std::nullopt;
            auto& line = lines.text[number - 1];
            if (line.empty()) return std::nullopt;
            line.clear();
        }
    }
}

}  // namespace katydid::config
