#include "hub/config/toml_text.hpp"

#include "hub/config/secrets.hpp"
#include "hub/core/text.hpp"

namespace katydid::config {

Error TomlText::at(const toml::node& node, std::string_view what) const
{
    return {errc::invalid_argument,
            path_ + ":" + std::to_string(node.source().begin.line) + ": " + std::string{what}};
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

result<void> TomlText::refuse_unknown(const toml::table& table,
                                      const std::set<std::string_view>& known) const
{
    for (const auto& [key, node] : table)
        if (!known.contains(key.str()))
            return at(node, "there is no key \"" + std::string{key.str()} + "\" in this table");
    return {};
}

result<std::string> TomlText::need_text(const toml::table& table, std::string_view key) const
{
    const auto* node = table.get(key);
    const auto name = "\"" + std::string{key} + "\"";
    if (node == nullptr) return at(table, name + " is missing");
    const auto* text = node->as_string();
    if (text == nullptr || text->get().empty())
        return at(*node, name + " must be a text that is not empty");
    return text->get();
}

result<void> TomlText::read_text(const toml::table& table, std::string_view key,
                                 std::string& into) const
{
    if (!table.contains(key)) return {};
    auto text = need_text(table, key);
    if (!text) return text.error();
    into = std::move(*text);
    return {};
}

result<std::vector<std::string>> TomlText::texts(const toml::table& table,
                                                 std::string_view key) const
{
    const auto* node = table.get(key);
    if (node == nullptr) return std::vector<std::string>{};
    const auto text = to_text(*node);
    if (!text) return at(*node, "\"" + std::string{key} + "\" must be a list of texts");
    return split_list(*text);
}

result<std::optional<signing::Secret>> TomlText::secret(const toml::table& table,
                                                        const std::string& key) const
{
    const auto by_variable = key + "_env";
    const auto by_file = key + "_file";
    if (const auto* inline_secret = table.get(key))
        return at(*inline_secret, "secrets come by reference only: use " + by_variable
                                      + " = \"VARIABLE\" or " + by_file + " = \"PATH\"");
    if (const auto* node = table.get(by_variable)) {
        auto name = need_text(table, by_variable);
        if (!name) return name.error();
        auto found = secret_from_variable(environment_, *name);
        if (!found) return at(*node, found.error().message);
        if (!*found) return at(*node, "the variable " + *name + " is not set");
        return found;
    }
    if (const auto* node = table.get(by_file)) {
        auto path = need_text(table, by_file);
        if (!path) return path.error();
        auto found = secret_from_file(*path);
        if (!found) return at(*node, found.error().message);
        return std::optional{std::move(*found)};
    }
    return std::optional<signing::Secret>{};
}

}  // namespace katydid::config
