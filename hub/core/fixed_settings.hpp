// What settings and hub.on() ask for: read-only in the API.
#pragma once

#include "hub/core/secret.hpp"
#include "hub/core/source.hpp"
#include "hub/core/subscription.hpp"

#include <optional>
#include <string>
#include <vector>

namespace katydid {

/// A source made by a setting. Its secrets live in memory only.
struct FixedSource {
    std::string name;
    std::vector<std::string> schemes;
    std::vector<Secret> secrets;  ///< newest first
    SourceSettings settings{};
};

/// A subscription made by a setting or by hub.on().
struct FixedSubscription {
    Subscription subscription;
    std::optional<Secret> secret{};
};

}  // namespace katydid
