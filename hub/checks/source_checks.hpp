// What the refused webhooks of a running hub say about its sources.
#pragma once

#include "hub/checks/finding.hpp"

namespace katydid::checks {

/// A webhook that a source refused.
struct RefusedWebhook {
    std::string source;  ///< its name
    std::string reason;  ///< "timestamp_old"
    std::string diagnosis;
};

/// Sources that refuse many for their time: a clock that is off, or a provider that is late. Pure.
/// \param newest_first  as GET /v1/rejected lists them
[[nodiscard]] Findings judge_times(const std::vector<RefusedWebhook>& newest_first);

}  // namespace katydid::checks
