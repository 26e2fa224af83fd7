// A subscription as the API takes it.
#pragma once

#include "hub/api/input.hpp"
#include "hub/core/subscription.hpp"
#include "hub/http/egress.hpp"
#include "signing/key_ring.hpp"

#include <optional>

namespace katydid::api {

struct SubscriptionInput {
    Subscription subscription;
    std::optional<signing::Secret> secret;  ///< as given; absent: generate one
};

/// Reads a subscription to be created. Every fault is reported with its pointer; nothing is
/// accepted that the hub would then ignore.
[[nodiscard]] std::optional<SubscriptionInput> read_subscription(const boost::json::object& body,
                                                                 const http::EgressPolicy& egress,
                                                                 std::vector<Fault>& faults);

}  // namespace katydid::api
