// What a subscription signs with: the scheme, and secrets that fit it.
#pragma once

#include "hub/core/json/fault.hpp"
#include "hub/core/subscription/subscription_ptr.hpp"
#include "hub/registry/schemes.hpp"
#include "signing/keys/secrets.hpp"

#include <optional>
#include <string>

namespace katydid::input {

struct SubscriptionInput;

/// Subscription::signature, else the scheme of its dialect; empty: it is not signed.
[[nodiscard]] std::string signing_scheme_name(const Subscription& subscription);

/// The scheme of that name; null: it is not signed.
[[nodiscard]] signing::SchemePtr signing_scheme_of(const Subscription& subscription,
                                                   const registry::Schemes& schemes);

/// What the answer to a creation shows once.
struct ShownSecret {
    std::string secret;      ///< generated; empty when it was given
    std::string public_key;  ///< of an Ed25519 pair, for the receiver
};

/// Checks that the scheme can sign and that the secret fits it; makes a secret for a new
/// subscription that is signed and has none given.
/// \param keys  of the subscription as it is; null for a new one
[[nodiscard]] ShownSecret
settle_signature(SubscriptionInput& input, const registry::Schemes& schemes,
                 const signing::KeyRing* keys, Timestamp now, std::vector<Fault>& faults);

/// A scheme that sends the secret itself sends it to the host of the URL: a change of the URL's
/// host or of the signature asks for the secret again.
/// \param base  the subscription before the change
void check_sent_secret(const SubscriptionInput& input, const Subscription& base,
                       const registry::Schemes& schemes, std::vector<Fault>& faults);

/// A new secret of the kind that the newest key has, where the scheme knows several kinds.
[[nodiscard]] result<signing::MadeSecret> make_successor(const signing::Scheme& scheme,
                                                         const signing::KeyRing& keys);

}  // namespace katydid::input
