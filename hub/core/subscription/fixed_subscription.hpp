// A subscription that settings or hub.on() ask for: read-only in the API.
#pragma once

#include "hub/core/secret.hpp"
#include "hub/core/subscription/subscription.hpp"

#include <optional>

namespace katydid {

struct FixedSubscription {
    Subscription subscription;
    std::optional<Secret> secret{};
};

}  // namespace katydid
