// JSON Web Signatures of JSON Web Tokens for people, not for webhooks (RFC 7515, RFC 7519).
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/secret.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace katydid::signing {

/// The claims of a compact JWS that a key of the set made. Only the signature is judged here.
///
/// The algorithm is one of RS256, PS256, ES256 and EdDSA, and the key has to be of its kind: so
/// `none`, and an HMAC with a public key, never count. Padding, a fourth part, critical extensions
/// and a `typ` other than JWT are refused, and RSA keys below 2048 bits.
/// \param jwks  a set of keys (RFC 7517)
/// Errors: not_found when the set has no key of that `kid`, so that a newer one may have it;
/// refused, with a sentence, for all else.
[[nodiscard]] result<boost::json::object> open_jws(std::string_view token, std::string_view jwks);

/// A P-256 key that signs tokens.
struct JwsKey {
    std::string kid;     ///< the key's thumbprint (RFC 7638)
    Secret private_key;  ///< PEM
    std::string jwk;     ///< the public half, as a member of a set

    /// Throws Failure when OpenSSL cannot.
    static JwsKey make();
    /// Throws Failure when the text is no such key.
    static JwsKey read(Secret private_key);
};

/// A compact JWS by ES256. Throws Failure when OpenSSL cannot.
[[nodiscard]] std::string sign_jws(const JwsKey& key, const boost::json::object& claims);

}  // namespace katydid::signing
