// Reads katydid.toml into Settings. toml++ is used here only.
#pragma once

#include "hub/config/load.hpp"
#include "hub/config/mistakes.hpp"

namespace katydid::config {

/// Notes every mistake with file and line.
void apply_file(Settings& settings, const std::string& path, const Environment& environment,
                Mistakes& mistakes);

}  // namespace katydid::config
