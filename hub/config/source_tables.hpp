// [[sources]]: the settings of one source.
#pragma once

#include "hub/config/toml_text.hpp"
#include "hub/registry/source_settings.hpp"

namespace katydid::config {

/// What a table of [[sources]] says besides name, schemes and secret. Notes every mistake.
[[nodiscard]] katydid::SourceSettings read_source_settings(const TomlText& text,
                                                           const toml::table& table);

}  // namespace katydid::config
