#include "bench/cli/progress.hpp"

#include <cstdio>

#include <unistd.h>

namespace katydid::bench {

OnSecond make_progress(bool always)
{
    if (!always && isatty(STDERR_FILENO) == 0) return {};
    return [](const std::string& phase, const TimelinePoint& point) {
        std::fprintf(
            stderr,
            "%-28s %5.0f s  accepted %7.0f/s  p50 %8.0f us  p99 %8.0f us  delivered %7.0f/s"
            "  p99 %8.0f us  cpu %.2f  rss %5.0f MB  (bench cpu %.2f)\n",
            phase.c_str(), point.at, point.accepted, point.p50_us, point.p99_us, point.delivered,
            point.end_to_end_p99_us, point.target_cpu, point.target_rss_mb, point.own_cpu);
    };
}

}  // namespace katydid::bench
