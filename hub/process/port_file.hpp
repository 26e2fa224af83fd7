// Where a hub that is ready is reached, for people and scripts.
#pragma once

#include "hub/config/settings.hpp"
#include "hub/core/addresses.hpp"

#include <filesystem>

namespace katydid {

/// Writes `{"listen", "operator_listen", "operator_key_file", "pid"}`. An empty path: nothing.
/// Throws Failure.
void write_port_file(const std::filesystem::path& file, const Addresses& addresses);

/// The line that says what was started, where, and where the operator key is.
void log_ready(const config::Settings& settings, const Addresses& addresses);

}  // namespace katydid
