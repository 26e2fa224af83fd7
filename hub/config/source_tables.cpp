#include "hub/config/source_tables.hpp"

namespace katydid::config {
namespace {

result<void> read_flag(const TomlText& text, const toml::table& table, std::string_view key,
                       bool& into)
{
    const auto* node = table.get(key);
    if (node == nullptr) return {};
    if (!node->is_boolean()) return text.at(*node, std::string{key} + " is true or false");
    into = node->as_boolean()->get();
    return {};
}

result<void> read_choice(const TomlText& text, const toml::table& table, std::string_view key,
                         Unsigned& into)
{
    const auto* node = table.get(key);
    if (node == nullptr) return {};
    const auto* given = node->as_string();
    const auto choice = given != nullptr ? registry::parse_unsigned(given->get()) : std::nullopt;
    if (!choice) return text.at(*node, std::string{key} + ": write \"accept\" or \"refuse\"");
    into = *choice;
    return {};
}

result<void> read_tolerance(const TomlText& text, const toml::table& table,
                            std::optional<milliseconds>& into)
{
    const auto* node = table.get("tolerance");
    if (node == nullptr) return {};
    const auto* given = node->as_string();
    into = given != nullptr ? parse_duration(given->get()) : std::nullopt;
    if (!into || *into > registry::tolerance_max)
        return text.at(*node, "tolerance: write e.g. \"10m\", at most \"7d\"");
    return {};
}

}  // namespace

katydid::SourceSettings read_source_settings(const TomlText& text, const toml::table& table)
{
    katydid::SourceSettings made;
    text.read_text(table, "public_url", made.public_url);
    text.read_text(table, "client_subject", made.client_subject);
    text.read_text(table, "principal", made.principal);
    text.note(read_flag(text, table, "gzip", made.gzip));
    text.note(read_flag(text, table, "split", made.split));
    text.note(read_choice(text, table, "repeats", made.repeats));
    text.note(read_choice(text, table, "unsigned_types", made.unsigned_types));
    text.note(read_tolerance(text, table, made.tolerance));
    if (const auto token = text.secret(table, "verify_token", {}))
        registry::set_verify_token(made, token->text());
    return made;
}

}  // namespace katydid::config
