#include "hub/cli/checks/finding.hpp"

#include "hub/cli/terminal/terminal.hpp"

#include <algorithm>
#include <iostream>

namespace katydid::cli::checks {

bool has_fault(const Findings& findings)
{
    return std::ranges::any_of(findings,
                               [](const auto& each) { return each.weight == Weight::fault; });
}

void print_faults(const Findings& findings, std::string_view command)
{
    for (const auto& each : findings) {
        if (each.weight != Weight::fault) continue;
        std::cerr << "katydid " << command << ": " << printable(each.what)
                  << (each.hint.empty() ? "" : " ") << printable(each.hint) << '\n';
    }
}

}  // namespace katydid::cli::checks
