// `katydid sign`: prints the headers that prove a request, offline.
#pragma once

#include <CLI/CLI.hpp>

namespace katydid::cli {

/// \param exit_code  written when the command ran; 0 printed, 2 wrong usage
void add_sign_command(CLI::App& app, int& exit_code);

}  // namespace katydid::cli
