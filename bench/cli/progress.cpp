#include "bench/cli/progress.hpp"

#include <cmath>
#include <cstdio>

#include <unistd.h>

namespace katydid::bench {

OnSecond make_progress(bool always)
{
    const long every = always || isatty(STDERR_FILENO) != 0 ? 1 : 10;
    return [every](const std::string& phase, const TimelinePoint& point) {
        if (std::lround(point.at) % every != 0) return;
        std::fprintf(
            stderr,
            "%-28s %5.0f s  accepted %7.0f/s  p50 %8.0f us  p99 %8.0f us  delivered %7.0f/s"
            "  p99 %8.0f us  cpu %.2f  rss %5.0f MB  (bench cpu %.2f)\n",
            phase.c_str(), point.at, point.accepted, point.p50_us, point.p99_us, point.delivered,
            point.end_to_end_p99_us, point.target_cpu, point.target_rss_mb, point.own_cpu);
    };
}

std::string to_words(std::chrono::nanoseconds duration)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    char text[48];
    if (seconds < 60) std::snprintf(text, sizeof text, "%lld s", static_cast<long long>(seconds));
    else
        std::snprintf(text, sizeof text, "%lld min %02lld s", static_cast<long long>(seconds / 60),
                      static_cast<long long>(seconds % 60));
    return text;
}

}  // namespace katydid::bench
