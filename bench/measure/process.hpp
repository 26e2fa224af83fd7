// What a process used, read from /proc.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include <sys/types.h>

namespace katydid::bench {

/// All zero when the process does not exist (any more).
struct ProcessUsage {
    std::chrono::nanoseconds cpu{0};   ///< user and system time of all its threads
    std::uint64_t rss_bytes = 0;       ///< resident now
    std::uint64_t rss_peak_bytes = 0;  ///< resident at most (VmHWM)
    std::uint64_t written_bytes = 0;   ///< sent to the block layer (write_bytes of /proc/pid/io)
};

[[nodiscard]] ProcessUsage usage_of(pid_t pid);

/// The sum over these processes and all that descend from them, such as a server and its databases.
/// Memory is counted once where they share it (Pss), and what is resident now is its peak too.
[[nodiscard]] ProcessUsage usage_of_trees(const std::vector<pid_t>& roots);

/// CPU time of the calling thread: what the generator itself costs.
[[nodiscard]] std::chrono::nanoseconds own_thread_cpu() noexcept;
[[nodiscard]] std::chrono::nanoseconds own_process_cpu() noexcept;

}  // namespace katydid::bench
