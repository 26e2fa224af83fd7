// Does a filter let an event through?
#pragma once

#include "hub/filter/paths.hpp"
#include "hub/filter/program.hpp"

namespace katydid::filter {

/// How much of an event one filter looks at: elements of arrays, and 64 bytes of text searched for
/// `$contains`. A filter that needs more lets the event through: its receiver gets an event that
/// it may ignore, and nothing is lost silently.
constexpr std::uint32_t looks_max = 10'000;

/// Whether the event that `paths` was begun with passes. It ends after at most as many steps as
/// the program has, times looks_max.
/// \param program  bound to `paths`
[[nodiscard]] bool passes(const Program& program, Paths& paths);

}  // namespace katydid::filter
