// Keys that are not configured but fetched: which URL a request may make us ask.
#pragma once

#include "signing/verify.hpp"

#include <optional>
#include <string>

namespace katydid::signing {

/// The URL that has to be fetched before verify(), empty when the scheme needs none.
/// Errors: refused, when the request names a URL that is not https on a host the scheme allows
/// (no port, user, query, fragment, or anything else that is not a plain path).
[[nodiscard]] result<std::string> remote_key_url(const Scheme& scheme, const RequestView& request);

/// Whether a URL is https on one of the hosts, without user, port, fragment or odd characters.
/// \param patterns  alternatives by `|`; `*` is one label of at least three characters, `<region>`
///   a region of AWS
[[nodiscard]] bool is_url_on_host(std::string_view patterns, std::string_view url) noexcept;

/// Whether the scheme can be verified with this document: a refusal when it needs one and has
/// none, or the certificate is not valid at that time.
[[nodiscard]] std::optional<Refusal> check_remote_key(const Scheme& scheme,
                                                      std::string_view remote_key, Timestamp now);

/// Whether the scheme's set of keys lacks the one that the request names: a newer set may have it.
[[nodiscard]] bool lacks_key(const Scheme& scheme, const RequestView& request,
                             std::string_view remote_key);

}  // namespace katydid::signing
