// [[tests]] of the settings file.
#pragma once

#include "hub/config/settings.hpp"
#include "hub/config/tables/toml_text.hpp"

namespace katydid::config {

/// What is wrong with it is noted.
[[nodiscard]] SettingTest read_test(const TomlText& text, const toml::table& table);

}  // namespace katydid::config
