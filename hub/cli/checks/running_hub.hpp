// Whether the hub of the settings runs, and what it tells of itself.
#pragma once

#include "hub/checks/receiver_checks.hpp"
#include "hub/checks/source_checks.hpp"
#include "hub/config/settings.hpp"

#include <string>
#include <vector>

namespace katydid::cli {

struct RunningHub {
    bool is_there = false;
    std::vector<std::string> sources;  ///< made by the API
    std::vector<checks::Receiver> receivers;
    std::vector<checks::RefusedWebhook> refused;  ///< newest first
};

/// Asks the addresses of the settings. A hub that answers there is the one of the settings where it
/// takes the operator's key of this data directory and, with SQLite, somebody holds the store:
/// another hub on the same port is none. What may not be asked is left empty.
[[nodiscard]] RunningHub find_running_hub(const config::Settings& settings);

}  // namespace katydid::cli
