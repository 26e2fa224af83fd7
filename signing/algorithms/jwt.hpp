// JSON Web Tokens as signatures of webhooks (RFC 7519, RFC 7515). Internal to signing/.
#pragma once

#include "signing/algorithms/asymmetric.hpp"
#include "signing/schemes/scheme_data.hpp"
#include "signing/verify.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace katydid::signing {

struct JwtInput {
    std::string_view token;
    std::string_view key;     ///< the decoded secret of the ring
    std::string_view remote;  ///< a fetched JWKS, or empty
    std::string_view body;
    Timestamp now;
    Expected expected{};
};

/// Nothing when the token is good, else a sentence. The algorithm is the scheme's, never the
/// token's; exp and nbf are checked with 60 s of leeway, or what the source allows. A token says
/// when it ends or, where the scheme limits its age, when it was issued.
[[nodiscard]] std::string check_jwt(const JwtRule& rule, const JwtInput& input);

/// Whether the set has no key of the id that the token names, so that a newer set may help.
[[nodiscard]] bool lacks_key_of(const JwtRule& rule, std::string_view token, std::string_view set);

/// The JSON object that a part of a compact token encodes; nullopt: it is none.
/// \param depth  how deep it may nest
[[nodiscard]] std::optional<boost::json::object> read_token_part(std::string_view part,
                                                                 std::size_t depth);

/// The public key of a JWK, or of the one in a set whose kid it is; null when there is none.
/// \param algorithm  "RS256", "PS256", "ES256" or "EdDSA"
[[nodiscard]] KeyHandle load_jwk(std::string_view algorithm, std::string_view json,
                                 std::string_view kid);

}  // namespace katydid::signing
