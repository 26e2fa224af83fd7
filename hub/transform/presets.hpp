// Programs for well-known products, compiled in. All are JavaScript.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::transform {

/// "discord", "google-chat", …
[[nodiscard]] std::vector<std::string_view> preset_names();

/// The product's own name: "Google Chat".
[[nodiscard]] std::string_view preset_title(std::string_view name);

/// The source of a whole program: presets/common.js, then the preset's own file. nullopt: there is
/// none of that name.
[[nodiscard]] std::optional<std::string> preset(std::string_view name);

}  // namespace katydid::transform
