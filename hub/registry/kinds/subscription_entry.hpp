// A row of the catalog of subscriptions.
#pragma once

#include "hub/core/subscription/subscription.hpp"
#include "signing/keys/key_ring.hpp"

#include <boost/json/array.hpp>

#include <memory>

namespace katydid::registry {

/// A subscription with its ring.
struct SubscriptionEntry {
    Subscription subscription;
    signing::KeyRingPtr keys = std::make_shared<const signing::KeyRing>();
    boost::json::array unreadable_keys{};  ///< as the store has them, to be kept
};

inline Subscription& setting_of(SubscriptionEntry& entry) { return entry.subscription; }
inline const Subscription& setting_of(const SubscriptionEntry& entry) { return entry.subscription; }

}  // namespace katydid::registry
