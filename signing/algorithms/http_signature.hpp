// HTTP Message Signatures (RFC 9421) and Content-Digest (RFC 9530). Internal to signing/.
#pragma once

#include "signing/builtins.hpp"
#include "signing/sign.hpp"

#include <string>

namespace katydid::signing {

constexpr std::size_t labels_max = 4;  ///< of one message

/// One covered component and its line, or nullopt when the request does not have it. Derived:
/// @method, @target-uri, @authority, @scheme, @path, @query, @request-target; else a header,
/// several of a name joined with ", ". Parameters of components are not supported.
std::optional<std::string> component_line(const RequestView& request, std::string_view component);

/// Reads Signature-Input and Signature; refuses what does not cover the scheme's components, has
/// no `created` or `keyid`, is too old, or whose Content-Digest is not the body's.
BuiltinMessages http_signature_messages(RequestValues& values, Candidates& candidates,
                                        Timestamp now);

/// Content-Digest, Signature-Input and Signature for what is about to be sent.
result<Headers> sign_http_message(const Scheme& scheme, const SignInput& input, const KeyRing& keys,
                                  Timestamp now);

/// "sha-256=:…:"
std::string content_digest(std::string_view body);

}  // namespace katydid::signing
