// The headers that prove a request is ours.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/text/headers.hpp"
#include "signing/keys/key_ring.hpp"
#include "signing/schemes/scheme.hpp"

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
};

/// The headers to add: id, timestamp and one signature per active key, newest first.
/// Errors: invalid_argument (a key that cannot be decoded, no active key, a scheme that only
/// verifies).
[[nodiscard]] result<Headers> sign(const Scheme& scheme, const SignInput& input,
                                   const KeyRing& keys, Timestamp now);

}  // namespace katydid::signing
