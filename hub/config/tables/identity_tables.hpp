// [[identities]] of the settings file.
#pragma once

#include "hub/config/settings.hpp"
#include "hub/config/tables/toml_text.hpp"

namespace katydid::config {

/// Notes every mistake with file, line and the fix. Its files are read when the hub starts.
[[nodiscard]] IdentitySettings read_identity(const TomlText& text, const toml::table& table);

}  // namespace katydid::config
