// What settings and hub.on() ask for: read-only in the API.
#pragma once

#include "hub/core/subscription.hpp"
#include "hub/registry/source_settings.hpp"
#include "signing/keys/key_ring.hpp"

#include <optional>
#include <string>
#include <vector>

namespace katydid::registry {

/// A source made by a setting. Its secrets live in memory only.
struct FixedSource {
    std::string name;
    std::vector<std::string> schemes;
    std::vector<signing::Secret> secrets;  ///< newest first
    SourceSettings settings{};
};

/// A subscription made by a setting or by hub.on().
struct FixedSubscription {
    Subscription subscription;
    std::optional<signing::Secret> secret{};
};

}  // namespace katydid::registry
