// The settings as flags, which `serve` and `check` take.
#pragma once

#include "hub/config/load.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace katydid::cli {

/// Adds --config and a flag for each setting that has one. CLI11 writes into the inputs.
std::shared_ptr<config::Inputs> add_serve_options(CLI::App& command);

}  // namespace katydid::cli
