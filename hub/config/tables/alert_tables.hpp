// [[alerts]] and [smtp] of the settings file.
#pragma once

#include "hub/config/settings.hpp"
#include "hub/config/tables/toml_text.hpp"

#include <optional>

namespace katydid::config {

/// nullopt: it was noted what is wrong.
[[nodiscard]] std::optional<AlertSettings> read_alert(const TomlText& text,
                                                      const toml::table& table);
[[nodiscard]] SmtpSettings read_smtp(const TomlText& text, const toml::node& node);

}  // namespace katydid::config
