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
    std::optional<signing::Secret> secret;  ///< as given; see settle_signature()
};

/// Reads a subscription to be created, or what a PATCH changes. Every fault is reported with its
/// pointer; nothing is accepted that the hub would then ignore.
/// \param base  what is not named stays as it is there; with a nil id it is a new subscription, and
///              what it needs must be named
[[nodiscard]] std::optional<SubscriptionInput> read_subscription(const boost::json::object& body,
                                                                 const Subscription& base,
                                                                 const http::EgressPolicy& egress,
                                                                 std::vector<Fault>& faults);

}  // namespace katydid::api
