// A subscription as the API takes it.
#pragma once

#include "hub/api/input/body.hpp"
#include "hub/core/subscription.hpp"
#include "hub/http/egress/egress.hpp"
#include "hub/http/client/identities.hpp"
#include "signing/keys/key_ring.hpp"

#include <optional>

namespace katydid::api {

struct SubscriptionInput {
    Subscription subscription;
    std::optional<signing::Secret> secret;  ///< as given; see settle_signature()
};

/// What a subscription is judged by, besides itself.
struct SubscriptionRules {
    /// Not explicit: where nothing is offered, the policy is all there is to say.
    SubscriptionRules(const http::EgressPolicy& policy, const http::Identities* offered = nullptr)
        : egress{policy},
          identities{offered}
    {}
    const http::EgressPolicy& egress;
    const http::Identities* identities;  ///< null: none is offered
};

/// Whether two URLs are of one scheme, host and port: what credentials are given for.
[[nodiscard]] bool has_same_origin(const std::string& one, const std::string& other);

/// Reads a subscription to be created, or what a PATCH changes. Every fault is reported with its
/// pointer; nothing is accepted that the hub would then ignore.
/// \param base  what is not named stays as it is there; with a nil id it is a new subscription, and
///              what it needs must be named. Its tenant says which identities there are
[[nodiscard]] std::optional<SubscriptionInput>
read_subscription(const boost::json::object& body, const Subscription& base,
                  const SubscriptionRules& rules, std::vector<Fault>& faults);

}  // namespace katydid::api
