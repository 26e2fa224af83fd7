#include "signing/schemes/toml_reader.hpp"

#include "signing/schemes/value_refs.hpp"

#include <algorithm>

namespace katydid::signing {

TomlReader::TomlReader(const toml::table& table, std::string path)
    : table_{table},
      path_{std::move(path)}
{}

void TomlReader::refuse(std::string_view key, const std::string& why) const
{
    std::string place = path_;
    if (!key.empty()) place.append(".").append(key);
    throw Failure{Error{errc::invalid_argument, place + ": " + why}};
}

void TomlReader::allow_only(std::initializer_list<std::string_view> keys) const
{
    for (const auto& [key, node] : table_) {
        if (std::find(keys.begin(), keys.end(), key.str()) == keys.end())
            refuse(key.str(), "unknown key");
    }
}

std::string TomlReader::text(std::string_view key, std::string_view otherwise) const
{
    const toml::node* node = table_.get(key);
    if (node == nullptr) return std::string{otherwise};
    const auto value = node->value_exact<std::string>();
    if (!value) refuse(key, "must be text");
    return *value;
}

bool TomlReader::flag(std::string_view key, bool otherwise) const
{
    const toml::node* node = table_.get(key);
    if (node == nullptr) return otherwise;
    const auto value = node->value_exact<bool>();
    if (!value) refuse(key, "must be true or false");
    return *value;
}

std::optional<std::int64_t> TomlReader::number(std::string_view key) const
{
    const toml::node* node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < 0) refuse(key, "must be a whole number, not negative");
    return value;
}

std::vector<std::string> TomlReader::texts(std::string_view key) const
{
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    const toml::array* array = node->as_array();
    if (array == nullptr) return {text(key)};
    std::vector<std::string> values;
    for (const auto& item : *array) {
        const auto value = item.value_exact<std::string>();
        if (!value) refuse(key, "must be text, or an array of texts");
        values.push_back(*value);
    }
    if (values.empty()) refuse(key, "must not be an empty array");
    return values;
}

ValueRefs TomlReader::refs(std::string_view key) const
{
    ValueRefs parsed;
    for (const auto& value : texts(key)) {
        auto ref = parse_value_ref(value);
        if (!ref) refuse(key, ref.error().message);
        parsed.push_back(std::move(*ref));
    }
    return parsed;
}

ValueRefs TomlReader::text_template(std::string_view key) const
{
    auto parts = parse_template(text(key));
    if (!parts) refuse(key, parts.error().message);
    return std::move(*parts);
}

std::optional<milliseconds> TomlReader::duration(std::string_view key,
                                                 std::string_view otherwise) const
{
    const std::string value = text(key, otherwise);
    if (value == "none") return std::nullopt;
    const auto parsed = parse_duration(value);
    if (!parsed) refuse(key, "must be a duration like \"5m\" or \"300s\", or \"none\"");
    return parsed;
}

std::optional<TomlReader> TomlReader::table(std::string_view key) const
{
    const toml::node* node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    if (node->as_table() == nullptr) refuse(key, "must be a table");
    return TomlReader{*node->as_table(), path_ + "." + std::string{key}};
}

std::vector<TomlReader> TomlReader::tables(std::string_view key) const
{
    const toml::node* node = table_.get(key);
    if (node == nullptr) return {};
    const toml::array* array = node->as_array();
    if (array == nullptr) refuse(key, "must be an array of tables");
    std::vector<TomlReader> readers;
    for (const auto& item : *array) {
        if (item.as_table() == nullptr) refuse(key, "must be an array of tables");
        readers.emplace_back(*item.as_table(), path_ + "." + std::string{key} + "["
                                                   + std::to_string(readers.size()) + "]");
    }
    return readers;
}

}  // namespace katydid::signing
