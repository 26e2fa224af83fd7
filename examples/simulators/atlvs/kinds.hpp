// Every event type that ATLVS posts, with data that looks like its own.
#pragma once

#include "examples/simulators/common/happening.hpp"

#include <span>

namespace katydid::simulators::atlvs {

[[nodiscard]] std::span<const Kind> kinds();

}  // namespace katydid::simulators::atlvs
