// [[identities]] of the settings file.
#pragma once

#include "hub/config/settings.hpp"
#include "hub/config/toml_text.hpp"

namespace katydid::config {

/// Errors: invalid_argument with file, line and the mend. Its files are read when the hub starts.
[[nodiscard]] result<IdentitySettings> read_identity(const TomlText& text,
                                                     const toml::table& table);

}  // namespace katydid::config
