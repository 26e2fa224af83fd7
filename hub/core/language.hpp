// In what a transform is written. By itself: the worker, which knows nothing of the hub, reads it too.
#pragma once

#include <cstdint>

namespace katydid {

enum class Language : std::uint8_t { javascript, jq };

}  // namespace katydid
