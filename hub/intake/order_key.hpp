// What a subscription with `ordering: "key"` orders by.
#pragma once

#include "hub/core/event.hpp"
#include "hub/core/subscription/subscription_ptr.hpp"
#include "hub/filter/document.hpp"

#include <string>
#include <vector>

namespace katydid::intake {

/// The order key of an event for each of these subscriptions, in their order; empty for those
/// that do not order. The payload is parsed only when a pointer is asked for.
/// A key of more than 200 bytes is its SHA-256.
/// A key that is not there orders together with all others that have none ("-").
[[nodiscard]] std::vector<std::string> order_keys(const Event& event,
                                                  const std::vector<SubscriptionPtr>& subscriptions,
                                                  filter::Document& document);

}  // namespace katydid::intake
