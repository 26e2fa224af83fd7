// [[tests]] of the settings: what events are to come to.
#pragma once

#include "hub/config/settings.hpp"

#include <string>
#include <vector>

namespace katydid {

/// A sentence for each test that does not come to what it expects. Blocks; nothing is sent.
[[nodiscard]] std::vector<std::string> run_setting_tests(const config::Settings& settings);

}  // namespace katydid
