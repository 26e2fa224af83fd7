// One reading of both clocks.
#pragma once

#include "hub/core/clock.hpp"

namespace katydid::dispatch {

/// The time an event of the scheduler happened at. Due times of the store are wall time; rates,
/// holds and breakers count in steady time, so that a clock that is set back stalls none of them.
struct Now {
    Timestamp wall{};
    SteadyTime steady{};

    static Now of(const Clock& clock) { return {clock.now(), clock.steady_now()}; }
};

}  // namespace katydid::dispatch
