#include "hub/checks/source_checks.hpp"

#include <map>

namespace katydid::checks {

Findings judge_times(const std::vector<RefusedWebhook>& newest_first)
{
    constexpr std::size_t many = 3;
    struct Times {
        std::size_t count = 0;
        std::string last;
    };
    std::map<std::string, Times> by_source;
    for (const auto& each : newest_first) {
        if (each.reason != "timestamp_old" && each.reason != "timestamp_future") continue;
        auto& times = by_source[each.source];
        if (times.count++ == 0) times.last = each.diagnosis;
    }
    Findings findings;
    for (const auto& [source, times] : by_source) {
        if (times.count < many) continue;
        findings.push_back(warning(
            "sources",
            "The source \"" + source + "\" refused " + std::to_string(times.count)
                + " webhooks for their time. The last: " + times.last + ".",
            "Let this machine's clock be set by NTP. If the sender is late, give the source more: "
            "katydid sources update "
                + source + " --tolerance 10m."));
    }
    return findings;
}

}  // namespace katydid::checks
