#include "hub/config/code_reference.hpp"

#include "hub/transform/presets.hpp"
#include "hub/transform/program.hpp"

#include <fstream>
#include <iterator>

namespace katydid::config {
namespace {

namespace json = boost::json;

constexpr const char* file_key = "transform_file";
constexpr const char* preset_key = "transform_preset";

std::optional<json::object> read_preset(const TomlText& text, const toml::table& table)
{
    const auto name = text.need_text(table, preset_key);
    if (!name) return std::nullopt;
    auto code = transform::preset(*name);
    if (code) return json::object{{"language", "javascript"}, {"code", std::move(*code)}};
    text.refuse(*table.get(preset_key),
                "there is no preset \"" + *name + "\": `katydid transform presets` lists them");
    return std::nullopt;
}

}  // namespace

std::optional<json::object> read_code(const TomlText& text, const toml::table& table)
{
    const bool has_file = table.contains(file_key);
    if (table.contains(preset_key)) {
        if (has_file) text.refuse(*table.get(file_key), "name a file or a preset, not both");
        return read_preset(text, table);
    }
    if (!has_file) return std::nullopt;
    const auto path = text.need_text(table, file_key);
    if (!path) return std::nullopt;
    std::ifstream file{*path, std::ios::binary};
    const std::string code{std::istreambuf_iterator<char>{file}, {}};
    if (code.empty() || code.size() > transform::source_bytes_max) {
        text.refuse(*table.get(file_key),
                    *path + (code.empty() ? " cannot be read, or is empty" : " is over 64 KiB"));
        return std::nullopt;
    }
    const auto* language = path->ends_with(".jq") ? "jq" : "javascript";
    return json::object{{"language", language}, {"code", code}};
}

void add_code(const TomlText& text, const toml::table& table, json::object& body)
{
    const auto code = read_code(text, table);
    if (!code) return;
    auto& transform = body["transform"];
    if (!transform.is_object()) transform = json::object{};
    for (const auto& [name, value] : *code) transform.as_object()[name] = value;
}

}  // namespace katydid::config
