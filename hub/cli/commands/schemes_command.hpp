// `katydid schemes`: the catalog, or one description of it.
#pragma once

#include <CLI/CLI.hpp>

namespace katydid::cli {

/// \param exit_code  written when the command ran; 0 printed, 1 no such scheme
void add_schemes_command(CLI::App& app, int& exit_code);

}  // namespace katydid::cli
