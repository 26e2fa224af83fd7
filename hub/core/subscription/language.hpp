// In what a transform is written. By itself, since the worker includes it and nothing of the hub.
#pragma once

#include <cstdint>

namespace katydid {

enum class Language : std::uint8_t { javascript, jq };

}  // namespace katydid
