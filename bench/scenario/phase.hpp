// One stretch of load and everything measured during it.
#pragma once

#include "bench/load/generator.hpp"
#include "bench/load/ledger.hpp"
#include "bench/measure/process.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <vector>

namespace katydid::bench {

/// One second of a phase.
struct TimelinePoint {
    double at = 0;         ///< seconds since the phase began
    double accepted = 0;   ///< per second
    double delivered = 0;  ///< per second
    double p50_us = 0;     ///< acceptance latency
    double p99_us = 0;
    double max_us = 0;
    double end_to_end_p99_us = 0;
    double target_cpu = 0;  ///< cores
    double target_rss_mb = 0;
    double own_cpu = 0;  ///< cores
};

struct Phase {
    std::string name;
    double intended_per_second = 0;  ///< 0: closed loop
    unsigned connections = 0;
    std::size_t body_bytes = 0;
    LoadResult load;
    Tally tally;
    bool receives = false;  ///< whether there were endpoints to deliver to
    Histogram end_to_end;
    Histogram after_acceptance;
    double delivered_per_second = 0;  ///< first intended send to last delivery
    ProcessUsage usage_before, usage_after;
    std::chrono::nanoseconds stolen{0};  ///< by the hypervisor
    std::chrono::nanoseconds others{0};  ///< CPU time of processes that are no part of this
    std::chrono::nanoseconds wall{0};
    std::vector<TimelinePoint> timeline;

    [[nodiscard]] double target_cores() const noexcept;  ///< mean CPU use
    /// What made this number worse than it had to be, or empty: our own limits, other processes.
    [[nodiscard]] std::string disturbance() const;
};

/// count, mean_us, p50_us, p90_us, p99_us, p999_us, max_us.
boost::json::object to_json(const Histogram& histogram);
boost::json::object to_json(const Tally& tally);
boost::json::object to_json(const Phase& phase);

/// What went wrong in a phase, empty when nothing did: lost events, bad signatures, failures.
std::string find_fault(const Phase& phase);

}  // namespace katydid::bench
