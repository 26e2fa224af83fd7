// Secrets that fit a scheme: made, and checked before they are kept.
#pragma once

#include "hub/core/error.hpp"
#include "signing/keys/key_ring.hpp"
#include "signing/schemes/scheme.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace katydid::signing {

/// What is shorter can be guessed: it verifies nothing, so it is no secret of a source.
constexpr std::size_t secret_bytes_min = 4;

/// A secret as it is meant: without the byte order mark that a file may begin with, and without
/// the blanks and line ends that a paste or an editor leaves at its ends.
[[nodiscard]] Secret read_secret(std::string_view text);

/// What in a secret looks like a mistake, as the end of a sentence: "has quotes around it". Empty:
/// nothing. A provider may still have meant it.
[[nodiscard]] std::string secret_doubt(std::string_view text);

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

/// The keys of a source that one of its schemes may use. A key belongs to a kind: what another
/// scheme of the source takes for a public key never serves this one as a shared secret.
/// \param schemes  all of the source's, `scheme` among them
[[nodiscard]] KeyRingPtr keys_for(const Scheme& scheme, std::span<const SchemePtr> schemes,
                                  KeyRingPtr keys);

/// Why these schemes cannot share a source; empty when they can: where one is given a value that
/// others know (an audience, a topic), the shared secrets of another cannot be told from it.
[[nodiscard]] std::string mix_fault(std::span<const SchemePtr> schemes);

/// The public half of a "whsk_…" key as "whpk_…"; empty for every other secret.
[[nodiscard]] std::string public_key_of(const Secret& secret);

}  // namespace katydid::signing
