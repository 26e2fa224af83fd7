// One line a second while load runs.
#pragma once

#include "bench/scenario/phase.hpp"

#include <functional>
#include <string>

namespace katydid::bench {

using OnSecond = std::function<void(const std::string& phase, const TimelinePoint&)>;

/// Writes to standard error, and only when that is a terminal or `always` is set.
OnSecond make_progress(bool always);

}  // namespace katydid::bench
