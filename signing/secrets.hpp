// Secrets that fit a scheme: made, and checked before they are kept.
#pragma once

#include "hub/core/error.hpp"
#include "signing/key_ring.hpp"
#include "signing/scheme.hpp"

#include <cstdint>
#include <string>

namespace katydid::signing {

enum class KeyUse : std::uint8_t { verify, sign };

/// Whether the scheme can work with this secret. Errors: invalid_argument, one sentence that says
/// how it has to be written; never the secret.
[[nodiscard]] result<void> check_secret(const Scheme& scheme, const Secret& secret, KeyUse use);

struct MadeSecret {
    Secret secret;
    std::string public_key;  ///< "whpk_…" for the receiver of an Ed25519 signature; else empty
};

/// A secret of the system's randomness in the form that the scheme takes.
/// Errors: invalid_argument, when only the other side can make it (a provider's public key).
[[nodiscard]] result<MadeSecret> make_secret(const Scheme& scheme, KeyUse use);

/// The public half of a "whsk_…" key as "whpk_…"; empty for every other secret.
[[nodiscard]] std::string public_key_of(const Secret& secret);

}  // namespace katydid::signing
