#include "bench/scenario/result.hpp"

#include <algorithm>

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

double median_of(std::vector<double> values)
{
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const auto middle = values.size() / 2;
    return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double milliseconds_at(const Histogram& histogram, double percent)
{
    return std::round(static_cast<double>(histogram.percentile(percent).count()) / 1e4) / 100;
}

}  // namespace katydid::bench
