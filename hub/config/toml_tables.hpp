// Reads katydid.toml into Settings. toml++ stays behind this.
#pragma once

#include "hub/config/load.hpp"

namespace katydid::config {

/// Errors name file and line.
result<void> apply_file(Settings& settings, const std::string& path,
                        const Environment& environment);

}  // namespace katydid::config
