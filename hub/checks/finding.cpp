#include "hub/checks/finding.hpp"

#include <algorithm>

namespace katydid::checks {

bool has_fault(const Findings& findings)
{
    return std::ranges::any_of(findings,
                               [](const auto& each) { return each.weight == Weight::fault; });
}

std::string_view to_text(Weight weight) noexcept
{
    return weight == Weight::ok ? "ok" : weight == Weight::warning ? "warning" : "fault";
}

}  // namespace katydid::checks
