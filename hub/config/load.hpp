// katydid.toml < environment < flags.
#pragma once

#include "hub/config/settings.hpp"
#include "hub/core/error.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace katydid::config {

using Environment = std::map<std::string, std::string, std::less<>>;

/// The environment of this process.
Environment process_environment();

struct Inputs {
    /// Path of the settings file; empty: ./katydid.toml where it exists.
    std::string file;
    Environment environment;
    /// Flags with their values, e.g. {"--listen", "127.0.0.1:9000"}.
    std::vector<std::pair<std::string, std::string>> flags;
};

/// Reads and checks all of it. Errors: invalid_argument, one sentence that names the place (file
/// and line, variable or flag), what is wrong, and the mend. Unknown keys are errors.
result<Settings> load(const Inputs& inputs);

/// A commented katydid.toml with every key, for `katydid init`.
std::string example_file();

}  // namespace katydid::config
