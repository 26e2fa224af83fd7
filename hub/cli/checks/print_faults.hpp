// What the checks found, for a person at a terminal.
#pragma once

#include "hub/checks/finding.hpp"

namespace katydid::cli {

/// The faults on standard error, a line each: "katydid serve: what it is. What to do."
void print_faults(const checks::Findings& findings, std::string_view command);

}  // namespace katydid::cli
