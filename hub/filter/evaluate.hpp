// Does a filter let an event through?
#pragma once

#include "hub/core/limits/work_budget.hpp"
#include "hub/filter/paths.hpp"
#include "hub/filter/program.hpp"

namespace katydid::filter {

/// What one filter may cost for an event, in units of a WorkBudget: a payload of a megabyte may be
/// searched through three times. What all filters of an event may cost together is the caller's.
constexpr std::uint64_t filter_work_max = 200'000;

enum class Answer : std::uint8_t {
    no,
    yes,
    cut_off,  ///< it took more work than is allowed: unknown
};

/// Whether the event that `paths` was begun with passes.
/// \param program  bound to `paths`
/// \param whole    what the filters of this event may cost together
[[nodiscard]] Answer evaluate(const Program& program, Paths& paths, WorkBudget& whole);

}  // namespace katydid::filter
