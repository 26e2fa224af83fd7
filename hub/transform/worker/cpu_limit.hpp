// The CPU time of one run, watched by a timer of the kernel.
#pragma once

#include "hub/transform/program.hpp"

#include <chrono>

namespace katydid::transform::worker {

/// CPU time and not the clock's: a busy machine must not turn good programs into dead deliveries.
/// The hub ends a worker that does not answer at all. One at a time.
class CpuLimit {
public:
    /// \param interrupt  called from a signal handler when the time is used up, and every 5 ms
    ///        from then on. Where it is null, or does not help for 100 ms, the process ends with
    ///        exit_time.
    CpuLimit(std::chrono::milliseconds limit, void (*interrupt)());
    ~CpuLimit();
    CpuLimit(const CpuLimit&) = delete;
    CpuLimit& operator=(const CpuLimit&) = delete;

    /// Whether the time of the limit that there is now is used up. False where there is none.
    [[nodiscard]] static bool is_over() noexcept;
};

/// CPU time of this thread.
std::chrono::microseconds cpu_time() noexcept;

Fault time_fault(std::chrono::milliseconds limit);
Fault memory_fault();

}  // namespace katydid::transform::worker
