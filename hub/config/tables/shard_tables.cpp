#include "hub/config/tables/shard_tables.hpp"

#include "hub/config/keys.hpp"

#include <toml++/toml.h>

#include <algorithm>

namespace katydid::config {
namespace {

bool is_plain_word(const std::string& word)
{
    return !word.empty() && std::ranges::all_of(word, [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')
               || letter == '_';
    });
}

}  // namespace

ShardSettings read_shard(const TomlText& text, const toml::table& table)
{
    text.refuse_unknown(table, {"name", "url", "schema"});
    ShardSettings shard;
    if (const auto name = text.need_text(table, "name")) {
        if (is_plain_word(*name)) shard.name = *name;
        else text.refuse(*table.get("name"), "write lower-case letters, digits and _");
    }
    if (auto url = text.need_text(table, "url")) {
        Settings judged;
        const auto good = find_key("store")->set(judged, *url);
        if (!good) text.refuse(*table.get("url"), good.error().message);
        shard.url = std::move(*url);
    }
    std::string schema;
    text.read_text(table, "schema", schema);
    if (schema.empty()) return shard;
    if (!shard.url.starts_with("postgres") || !is_plain_word(schema))
        text.refuse(*table.get("schema"), "it names a schema of PostgreSQL: lower-case letters,"
                                          " digits and _");
    shard.url += shard.url.find('?') == std::string::npos ? '?' : '&';
    shard.url += "options=-csearch_path%3D" + schema;
    return shard;
}

}  // namespace katydid::config
