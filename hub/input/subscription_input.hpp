// A subscription as the API and the settings take it.
#pragma once

#include "hub/core/json/fault.hpp"
#include "hub/core/subscription/subscription.hpp"
#include "hub/http/egress/egress.hpp"
#include "hub/http/client/identities.hpp"
#include "signing/keys/key_ring.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <vector>

namespace katydid::input {

struct SubscriptionInput {
    Subscription subscription;
    std::optional<Secret> secret;  ///< as given; see settle_signature()
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

/// Changes what the body names. Faults are what a schema cannot say: a reserved name, a pattern of
/// types or a filter that does not work, a header that cannot be set, a timeout out of range.
/// \param body  fits the schema NewSubscription or ChangedSubscription
[[nodiscard]] Subscription with_changes(const boost::json::object& body, const Subscription& base,
                                        std::vector<Fault>& faults);

/// The same, and whether this hub delivers there, under the identity that it names.
/// \param base  a new one has a nil id; its tenant says which identities there are
[[nodiscard]] std::optional<SubscriptionInput>
read_subscription(const boost::json::object& body, const Subscription& base,
                  const SubscriptionRules& rules, std::vector<Fault>& faults);

}  // namespace katydid::input
