// `[sso]`, `[[sso.roles]]` and `[[sso.platforms]]` of the settings file.
#pragma once

#include "hub/config/sign_on_settings.hpp"
#include "hub/config/tables/toml_text.hpp"

namespace katydid::config {

/// What the table says. What is wrong is noted.
[[nodiscard]] SignOnSettings read_sign_on(const TomlText& text, const toml::table& table);

}  // namespace katydid::config
