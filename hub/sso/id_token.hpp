// What an ID token has to say (OpenID Connect Core 1.0, section 3.1.3.7).
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"

#include <boost/json/object.hpp>

#include <string_view>

namespace katydid::sso {

struct ExpectedToken {
    std::string_view issuer;
    std::string_view client_id;
    std::string_view nonce;
    Timestamp now{};
};

/// How far the provider's clock and ours may be apart.
constexpr milliseconds clock_skew = std::chrono::minutes{1};

/// Judges the claims of a token whose signature is good: issuer, audience and `azp`, times, nonce,
/// subject. Pure. Errors: refused, with a sentence for people.
[[nodiscard]] result<void> check_id_token(const boost::json::object& claims,
                                          const ExpectedToken& expected);

}  // namespace katydid::sso
