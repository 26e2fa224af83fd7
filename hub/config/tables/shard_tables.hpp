// [[shards]] of the settings.
#pragma once

#include "hub/config/settings.hpp"
#include "hub/config/tables/toml_text.hpp"

namespace katydid::config {

/// A shard, as far as its table is right; what is wrong is noted.
[[nodiscard]] ShardSettings read_shard(const TomlText& text, const toml::table& table);

}  // namespace katydid::config
