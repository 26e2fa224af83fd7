#include "bench/scenario/result.hpp"

namespace katydid::bench {

void ScenarioResult::add(const Phase& phase)
{
    phases.push_back(to_json(phase));
    const auto fault = find_fault(phase);
    if (!fault.empty()) fail(fault);
}

void ScenarioResult::fail(const std::string& why)
{
    status = "failed";
    reason += (reason.empty() ? "" : "; ") + why;
}

ScenarioResult ScenarioResult::skip(const std::string& why)
{
    ScenarioResult result;
    result.status = "skipped";
    result.reason = "not available on this target: " + why;
    return result;
}

double milliseconds_at(const Histogram& histogram, double percent)
{
    return std::round(static_cast<double>(histogram.percentile(percent).count()) / 1e4) / 100;
}

}  // namespace katydid::bench
