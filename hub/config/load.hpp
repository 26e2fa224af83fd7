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

/// What was read, and all that is wrong with it.
struct Loaded {
    Settings settings;                  ///< for use only when there are no mistakes
    std::vector<std::string> mistakes;  ///< a sentence each: file and line, variable or flag; what
                                        ///< is wrong; the fix
};

/// Reads and checks all of it. Unknown keys are mistakes.
Loaded load_all(const Inputs& inputs);

/// The same. Errors: invalid_argument, all mistakes, one a line.
result<Settings> load(const Inputs& inputs);

/// A commented katydid.toml with every key, for `katydid init`.
std::string example_file();

}  // namespace katydid::config
