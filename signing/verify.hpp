// Is this request from who it says? The gate of every received webhook.
#pragma once

#include "hub/core/json/outline.hpp"
#include "hub/core/text/headers.hpp"
#include "signing/algorithms/digest.hpp"
#include "signing/keys/key_ring.hpp"
#include "signing/schemes/scheme.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace katydid::signing {

/// What a source asks of its requests beyond its scheme. Views into memory that outlives the call.
struct Expected {
    /// How old a request may be, and how far ahead, where that is more than the scheme's own rule.
    milliseconds tolerance{0};
    /// Who must have signed, for schemes whose issuer signs for anybody
    /// (SchemeTraits::principal_claim).
    std::string_view principal{};
    /// The SHA-256 (hex) of the token that a provider's check of the endpoint shows; empty: none.
    std::string_view verify_token_sha256{};
    /// Another scheme of the source, under the same keys, tells the MAC of tokens in a handshake.
    bool mac_is_told = false;
};

/// A request as it came, nothing parsed. Views into memory that outlives the call.
struct RequestView {
    std::string_view method;
    std::string_view target;      ///< path and query as received
    std::string_view public_url;  ///< what the sender signed, for schemes that sign the URL
    const Headers& headers;
    std::string_view body;
    /// What a compressed body says, uncompressed: providers sign the one or the other. Empty when
    /// the body is not compressed.
    std::string_view plain_body{};
    Expected expected{};
    /// Where to keep what a walk over the JSON body found, for who comes after; null: nowhere.
    json_text::Outline* outline = nullptr;
};

/// What a verified request says about itself, by its scheme's rules.
struct Verified {
    std::string event_type;      ///< empty: the scheme finds none
    std::string event_id;        ///< the sender's; empty: it sends none
    KeyId key;                   ///< the ring's key that matched
    std::string subject{};       ///< whose data it is; empty: the scheme finds none
    bool type_unsigned = false;  ///< the type stands where the signature does not cover it
    bool id_unsigned = false;    ///< so does the id: it is a hint, and alone makes no duplicate
    bool body_unsigned = false;  ///< so does what the body says
    bool plain_signed = false;   ///< of a compressed body what it says was signed, not its bytes
    /// SHA-256 of what was signed; empty where an id that is signed tells more and no batch is.
    Digest request_hash{};
    bool time_signed = false;  ///< with a time: the same hash is the same request once more
};

enum class RefusalReason : std::uint8_t {
    signature_missing,
    signature_malformed,
    signature_duplicated,
    signature_wrong,
    timestamp_missing,
    timestamp_malformed,
    timestamp_old,
    timestamp_future,
    id_malformed,
    no_active_key,
    key_undecodable,
    body_malformed,
    over_limit,
    repeated,       ///< verified, but it may be a repeat and the source refuses those
    type_unsigned,  ///< verified, but its type is not, and the source refuses that
    schema_misfit,  ///< verified, but not what the type's schema asks for
};

/// Why not. Outwardly always the same 401; this is for logs, rejected webhooks, `katydid verify`.
struct Refusal {
    RefusalReason reason = RefusalReason::signature_wrong;
    std::string diagnosis;  ///< a sentence: "the timestamp is 412 s old, 300 s are allowed"
};

std::string_view to_text(RefusalReason reason) noexcept;

/// What the operator can do about it, in one sentence.
std::string_view remedy_of(RefusalReason reason) noexcept;

using Verdict = std::variant<Verified, Refusal>;

/// Whether the request carries what this scheme takes for a signature: for a source that accepts
/// several schemes, which tries the first one that is mentioned.
[[nodiscard]] bool mentions(const Scheme& scheme, const Headers& headers) noexcept;

/// Verifies the raw bytes against every active key. Parses the body only after a good signature,
/// and then only for the event's type, id and subject. Constant time in the secret and the
/// expected value.
/// body_malformed: the signature is good, but the body is not what the scheme needs (400, not 401).
/// Of a compressed body the bytes may be signed, or what they say (plain_body): both are tried.
[[nodiscard]] Verdict verify(const Scheme& scheme, const RequestView& request, const KeyRing& keys,
                             Timestamp now);

/// The same for a scheme whose key is fetched (remote_key_url() in signing/keys/remote_key.hpp).
/// \param remote_key  the certificate or JWKS that was fetched
[[nodiscard]] Verdict verify(const Scheme& scheme, const RequestView& request, const KeyRing& keys,
                             Timestamp now, std::string_view remote_key);

/// The same refusal with a diagnosis that tried the likely mistakes (other encoding, unit,
/// trailing newline, URL …). Slow: for logs at a bounded rate and for people.
[[nodiscard]] Refusal diagnose(const Scheme& scheme, const RequestView& request,
                               const KeyRing& keys, Timestamp now, Refusal refusal);

}  // namespace katydid::signing
