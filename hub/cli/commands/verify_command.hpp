// `katydid verify`: is this request from who it says, and if not, why not? Offline.
#pragma once

#include <CLI/CLI.hpp>

namespace katydid::cli {

/// \param exit_code  written when the command ran; 0 verified, 1 not verified, 2 wrong usage
void add_verify_command(CLI::App& app, int& exit_code);

}  // namespace katydid::cli
