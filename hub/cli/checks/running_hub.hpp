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

/// Asks the addresses of the settings. What answers there is their hub where it proves
/// that it has their master key (hub_proof()); only then it is sent the operator's key. What may
/// not be asked is left empty.
[[nodiscard]] RunningHub find_running_hub(const config::Settings& settings);

}  // namespace katydid::cli
