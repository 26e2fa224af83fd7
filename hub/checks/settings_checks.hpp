// What can be said of the settings alone.
#pragma once

#include "hub/checks/finding.hpp"
#include "hub/config/load.hpp"

namespace katydid::checks {

/// The settings, or what refuses them: unknown keys, duplicate sources, a platform's URL without
/// its secret.
struct LoadedSettings {
    std::optional<config::Settings> settings;
    Findings findings;
    config::Settings readable{};  ///< where it is refused: what could be read
};
[[nodiscard]] LoadedSettings check_settings(const config::Inputs& inputs);

/// Whether every scheme can work with the secrets it is given. Pure.
[[nodiscard]] Findings check_secrets(const config::Settings& settings);

/// Platforms that are half set up: one direction without the other, an API without its key. Pure.
[[nodiscard]] Findings check_platforms(const config::Settings& settings,
                                       const config::Environment& environment);

/// Sources of the settings that the API made too, under the same name. Pure.
[[nodiscard]] Findings check_duplicate_sources(const config::Settings& settings,
                                               const std::vector<std::string>& made_by_api);

}  // namespace katydid::checks
