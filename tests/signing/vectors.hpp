// One accepted request of a scheme, built by hand, and the refusals that follow from it.
#pragma once

#include "tests/signing/oracle.hpp"
#include "tests/signing/support.hpp"

#include <functional>
#include <optional>
#include <string>

namespace katydid::signing::test {

/// When every vector was made: 2025-06-15T12:00:00Z.
constexpr std::int64_t vector_time = 1'749'988'800;

/// A vector. `header` has a "$" where the signature's text goes.
struct Vector {
    std::string scheme;
    std::string secret;        ///< as configured
    std::string other_secret;  ///< a valid key of the same kind that did not sign
    std::string body;
    std::string header_name;  ///< empty: the signature is in the body or the URL
    std::string header = "$";
    std::string signature;  ///< the right one, as text
    std::string reencoded;  ///< the same bytes in another encoding; empty: there is none
    Headers headers;        ///< the others
    std::string type;
    std::string id;  ///< empty: the sender gives none
    std::string method = "POST";
    std::string target = "/api/webhooks/test";
    std::string url = "https://hub.example/api/webhooks/test";
    bool body_is_signed = true;
    std::optional<std::int64_t> past_max;  ///< seconds
    std::optional<std::int64_t> future_max;
    std::string remote_key;
    std::string_view principal{};

    [[nodiscard]] Request request(std::string_view signature_text) const;
};

/// Checks the accepted request and: other secret, one bit of the body, stale, future, signature
/// missing, doubled, in another encoding, cut, empty.
void check_vector(const Vector& vector);

}  // namespace katydid::signing::test
