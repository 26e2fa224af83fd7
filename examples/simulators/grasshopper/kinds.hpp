// Every event type that Grasshopper posts, with data that looks like its own.
#pragma once

#include "examples/simulators/common/happening.hpp"

#include <span>

namespace katydid::simulators::grasshopper {

[[nodiscard]] std::span<const Kind> kinds();

}  // namespace katydid::simulators::grasshopper
