// What the log may say, and how.
#pragma once

#include <cstdint>

namespace katydid::log {

enum class Level : std::uint8_t { debug, info, warn, error };
enum class Format : std::uint8_t { text, json };

}  // namespace katydid::log
