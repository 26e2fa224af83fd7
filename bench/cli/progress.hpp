// The progress display: a line a second while somebody watches, else one every ten seconds.
#pragma once

#include "bench/scenario/phase.hpp"

#include <functional>
#include <string>

namespace katydid::bench {

using OnSecond = std::function<void(const std::string& phase, const TimelinePoint&)>;

/// \param always  each second even when standard error is no terminal
OnSecond make_progress(bool always);

/// "2 min 05 s"
std::string to_words(std::chrono::nanoseconds duration);

}  // namespace katydid::bench
