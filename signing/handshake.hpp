// Requests by which a provider checks that an endpoint is meant: answered, never stored.
#pragma once

#include "signing/verify.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::signing {

/// What is longer is an event.
constexpr std::size_t handshake_body_bytes_max = 16 * 1024;

struct HandshakeReply {
    unsigned status = 200;
    std::string content_type;  ///< empty: no body
    Headers headers;
    std::string body;
    /// The provider delivered its key with this request: keep it as the source's first key.
    /// Only ever set while the source has no key, and never had one.
    std::optional<Secret> new_key;
    /// A URL to GET in order to confirm (SNS), https on a host the scheme allows; else empty.
    std::string visit_url;
};

/// The answer, when the request is a handshake of this scheme; nullopt for everything else, also
/// for one whose signature is wrong (verify() then says why).
///
/// Pure; to be asked for GET, HEAD, OPTIONS and POST before verify(). Cheap for ordinary events.
/// \param remote_key  as for verify(), for schemes that fetch their key
[[nodiscard]] std::optional<HandshakeReply>
handshake(const Scheme& scheme, const RequestView& request, const KeyRing& keys, Timestamp now,
          std::string_view remote_key = {});

/// The methods besides POST that the scheme answers, for Allow: "GET", "HEAD", "OPTIONS".
[[nodiscard]] std::vector<std::string> handshake_methods(const Scheme& scheme);

/// What a provider wants as the answer to an event; status 0 and no body: the hub's own.
struct CustomAnswer {
    unsigned status = 0;
    std::optional<std::string> body;
};

enum class AnswerKind : std::uint8_t { accepted, duplicate, rejected };

[[nodiscard]] CustomAnswer custom_answer(const Scheme& scheme, AnswerKind kind);

}  // namespace katydid::signing
