// What a scheme description compiles into. Internal to signing/.
#pragma once

#include "hub/core/clock.hpp"
#include "signing/algorithms/digest.hpp"
#include "hub/core/codec/encoding.hpp"
#include "signing/schemes/scheme.hpp"

#include <optional>
#include <string>
#include <vector>

namespace katydid::signing {

/// Where a value is found in a request, or what it is made of.
enum class ValueKind : std::uint8_t {
    literal,   ///< the text itself
    header,    ///< header:Name
    query,     ///< query:name, decoded
    form,      ///< form:name, of an application/x-www-form-urlencoded body, decoded
    form_all,  ///< form: every parameter, for sorted-params
    json,      ///< json:/pointer
    json_key,  ///< json-key:*_events, the first top-level key that ends so
    field,     ///< field:t, of the header that carries the signature
    bearer,    ///< the token of Authorization: Bearer
    basic,     ///< user:password of Authorization: Basic
    method,
    path,  ///< the target without its query
    target,
    url,  ///< the public URL
    body,
    timestamp,  ///< its text as received
    id,         ///< the text of the first source of `id`
    secret,     ///< the decoded key, for plain hashes and configured values
};

enum class Transform : std::uint8_t {
    none,
    lower,       ///< ASCII lower case
    url_decode,  ///< %XX once, `+` kept
    sha256_hex,
    sha256_base64,
    crc32_decimal,
    sorted_params,  ///< form: name and value of each parameter, sorted, one after the other
    hmac_hex,       ///< HMAC-SHA256 under the first active key; in handshake replies only
    hmac_base64,
};

/// Whether the transform computes with the key.
constexpr bool is_keyed(Transform transform) noexcept
{
    return transform == Transform::hmac_hex || transform == Transform::hmac_base64;
}

struct ValueRef {
    ValueKind kind = ValueKind::literal;
    std::string name;  ///< header, parameter, pointer, field or the literal text
    Transform transform = Transform::none;
    bool optional = false;  ///< "{json:/x?}": empty where the request does not have it
    /// "json:/id of /source": what the id is unique in, in the same kind of place. One, or none.
    std::vector<ValueRef> scope{};
};

using ValueRefs = std::vector<ValueRef>;  ///< in order of preference, or one after the other

enum class Algorithm : std::uint8_t {
    hmac,  ///< with Method::hash
    hash,  ///< plain, the key being part of the message
    ed25519,
    ecdsa_p256,  ///< with SHA-256
    rsa,         ///< PKCS#1 v1.5 with Method::hash
    token,       ///< the signature is the secret
    jwt,
};

enum class KeyFormat : std::uint8_t {
    raw,   ///< the decoded bytes
    spki,  ///< DER SubjectPublicKeyInfo (PKCS#8 to sign); PEM is accepted as well
    jwk,   ///< a JSON Web Key, or a set of them
};

struct KeyRule {
    std::vector<std::string> prefixes;  ///< one of them is removed from the front where present
    bool prefix_required = false;       ///< a key without any of them is not for this method
    Encoding decode = Encoding::text;
    bool derive_sha1 = false;  ///< the key is the SHA-1 of the decoded secret
    KeyFormat format = KeyFormat::raw;
};

/// One way to sign. Most schemes have one; Standard Webhooks has v1 and v1a.
struct Method {
    std::string field;  ///< the item's key in a signature list, "*": any; empty: no keys
    Algorithm algorithm = Algorithm::hmac;
    Hash hash = Hash::sha256;
    Encoding encoding = Encoding::hex;
    bool raw_ecdsa = false;  ///< r and s side by side, and not DER
    KeyRule key;
};

struct SignatureRule {
    ValueRefs refs;            ///< header with fallbacks, query, form, json
    bool all_sources = false;  ///< candidates come from each of them, not from the first present
    std::string items;         ///< what separates list items; empty: one item
    std::string pair;          ///< what separates key and value in an item; empty: no keys
    std::optional<std::size_t> position;  ///< of the signature in a list without keys, and on
    std::string prefix;                   ///< required before the signature, compared without case
};

enum class TimeFormat : std::uint8_t {
    unix_s,
    unix_ms,
    unix_any,  ///< seconds with 10 digits, milliseconds with 13
    rfc3339,
    http_date,
};

struct TimestampRule {
    ValueRefs refs;
    TimeFormat format = TimeFormat::unix_s;
    std::optional<milliseconds> past_max;    ///< none: any age
    std::optional<milliseconds> future_max;  ///< none: any
    bool required = true;
    bool signed_in_body = false;  ///< read only after a good signature
};

enum class BodyFormat : std::uint8_t { json, any };

/// A request of the handshake, and its answer.
struct HandshakeRule {
    struct Condition {
        ValueRef ref;
        std::optional<std::string> equals;  ///< none: it is enough that the value is there
        bool equals_secret = false;
        bool equals_verify_token = false;  ///< the source's own, which is no key
    };

    std::string method;
    std::vector<Condition> conditions;
    bool is_signed = false;   ///< the signature must be good first
    bool stores_key = false;  ///< the request delivers the key: the caller keeps `key`
    ValueRefs key;
    std::optional<ValueRef> visit;  ///< a URL to GET, on a host of remote_key
    unsigned status = 200;
    std::string content_type;
    std::vector<std::pair<std::string, ValueRefs>> headers;
    ValueRefs body;
    bool body_is_json = false;  ///< values are escaped as JSON strings
};

struct Response {
    unsigned status = 0;  ///< 0: the hub's own
    std::optional<std::string> body;
};

/// Code behind a scheme that data cannot express.
enum class Builtin : std::uint8_t { none, twilio, contentful, sns, adyen, rfc9421 };

/// What a JWT must claim besides a good signature.
struct JwtRule {
    std::string algorithm;   ///< HS256, RS256 or ES256: pinned, the token's own is not trusted
    std::string body_claim;  ///< the claim that holds the hash of the body; empty: none
    Encoding body_encoding = Encoding::hex;
    std::optional<milliseconds> age_max;  ///< since iat
    /// Claims and their text; "{secret}" is the configured key, which then is no key.
    std::vector<std::pair<std::string, std::string>> claims;
    /// The claim that says who signed, where an issuer signs for anybody; empty: none.
    std::string principal;
};

/// What a signature of RFC 9421 must cover.
struct HttpSignatureRule {
    std::vector<std::string> covers;
    std::optional<milliseconds> age_max;  ///< of `created`, both ways
};

/// Several events in one body.
struct BatchRule {
    std::string items;               ///< JSON pointer to their array; empty: the whole body
    std::string media_type;          ///< the Content-Type that makes it a batch; empty: any
    std::vector<std::string> types;  ///< JSON pointers within one of them, the first counts
    std::vector<ValueRef> ids;       ///< the same
};

/// Where keys come from that are not configured.
struct RemoteKeyRule {
    enum class Kind : std::uint8_t { none, certificate, jwks } kind = Kind::none;
    ValueRef url;
    /// `*` is one label of [a-zA-Z0-9-], `<region>` a region of AWS; alternatives by `|`.
    std::string host_pattern;
    std::string path_suffix;
    bool chain = false;  ///< the certificate must chain to a trusted root (TrustAnchors)
};

class Scheme {
public:
    std::string name;
    std::string title;
    std::string toml;            ///< as loaded, for people
    bool issues_secret = false;  ///< the provider makes the secret and shows it
    Builtin builtin = Builtin::none;
    std::vector<Method> methods;
    SignatureRule signature;
    ValueRefs message;
    std::optional<TimestampRule> timestamp;
    ValueRefs type;
    ValueRefs id;
    ValueRefs subject;       ///< whose data it is
    std::string id_refuses;  ///< characters an id must not contain
    std::optional<BatchRule> batch;
    BodyFormat body = BodyFormat::json;
    JwtRule jwt;
    HttpSignatureRule http_signature;
    RemoteKeyRule remote_key;
    std::vector<HandshakeRule> handshakes;
    /// A handshake tells the MAC of a text that its sender chooses (is_handshake_token()).
    bool answers_with_mac = false;
    Response accepted;
    Response duplicate;
    Response rejected;
};

/// Whether the method verifies with what others may know: a public key, or a value that is only
/// compared, where the key is fetched. It must never serve as a shared secret.
[[nodiscard]] bool has_public_key(const Scheme& scheme, const Method& method) noexcept;

/// How far ahead every sender's clock may be, whatever its scheme says.
constexpr std::chrono::seconds clock_skew_max{60};

/// How many signatures a request may carry, and how many keys of a ring are tried.
constexpr std::size_t candidates_max = 8;
constexpr std::size_t keys_max = 8;
constexpr std::size_t message_parts_max = 24;
constexpr std::size_t signature_header_bytes_max = 16 * 1024;

}  // namespace katydid::signing
