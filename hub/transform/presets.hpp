// Programs for products that everybody posts to, compiled in. All are JavaScript.
#pragma once

#include <span>
#include <string_view>

namespace katydid::transform {

struct Preset {
    std::string_view name;    ///< "google-chat"
    std::string_view source;  ///< a whole program: presets/common.js, then the preset's own file
};

/// By name.
[[nodiscard]] std::span<const Preset> presets() noexcept;

}  // namespace katydid::transform
