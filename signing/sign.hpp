// The headers that prove a request is ours.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/text/headers.hpp"
#include "signing/keys/key_ring.hpp"
#include "signing/schemes/scheme.hpp"

#include <span>
#include <string>
#include <string_view>

namespace katydid::signing {

/// What is about to be sent. Views into memory that outlives the call.
struct SignInput {
    std::string_view method = "POST";
    std::string_view url;
    std::string_view id;  ///< webhook-id, the same over retries
    std::string_view event_type;
    std::string_view content_type;
    std::string_view body;
    std::span<const Header> headers{};  ///< those of the request that its scheme may sign
    /// PEM: signs instead of the ring's keys, for schemes whose key is a public one or is fetched.
    std::string_view private_key{};
};

/// The headers to add: id, timestamp and one signature per active key, newest first.
/// Errors: invalid_argument (a key that cannot be decoded, no active key, a scheme that only
/// verifies).
[[nodiscard]] result<Headers> sign(const Scheme& scheme, const SignInput& input,
                                   const KeyRing& keys, Timestamp now);

/// The body with its signature in it, for schemes that keep it there (Adyen, Mailgun, SNS).
/// \param input  its body has the signature's member, with anything in it, and what is signed
/// Errors: as sign(), and a scheme whose signature is elsewhere.
[[nodiscard]] result<std::string> sign_body(const Scheme& scheme, const SignInput& input,
                                            const KeyRing& keys, Timestamp now);

/// Whether the scheme keeps its signature in the body.
[[nodiscard]] bool signs_in_body(const Scheme& scheme) noexcept;

}  // namespace katydid::signing
