#include "hub/cli/checks/print_faults.hpp"

#include "hub/cli/terminal/terminal.hpp"

#include <iostream>

namespace katydid::cli {

void print_faults(const checks::Findings& findings, std::string_view command)
{
    for (const auto& each : findings) {
        if (each.weight != checks::Weight::fault) continue;
        std::cerr << "katydid " << command << ": " << printable(each.what)
                  << (each.hint.empty() ? "" : " ") << printable(each.hint) << '\n';
    }
}

}  // namespace katydid::cli
