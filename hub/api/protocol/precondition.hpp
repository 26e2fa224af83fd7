// Conditional changes: ETag and If-Match (RFC 9110 section 13).
#pragma once

#include "hub/core/error.hpp"
#include "hub/http/message/message.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace katydid::api {

/// A resource's version as an entity tag: `"7"`.
[[nodiscard]] std::string etag_of(std::uint64_t version);

/// The response with the version's ETag.
[[nodiscard]] http::Response with_etag(http::Response response, std::uint64_t version);

/// 412 when the request names versions in If-Match and none of them is this one.
[[nodiscard]] std::optional<http::Response> check_if_match(const http::Request& request,
                                                           std::uint64_t version);

/// The version that a change in the registry must still find: this one where the caller named it in
/// If-Match, nullopt for a caller to whom any is right.
[[nodiscard]] std::optional<std::uint64_t> asked_version(const http::Request& request,
                                                         std::uint64_t version);

/// What a change that the store refused is answered with: 412 where the caller named a version
/// and another change got in between, else the error's own status.
/// \param base  the version that the change started from  \param now  the version that is there
[[nodiscard]] http::Response change_refused(const http::Request& request, const Error& error,
                                            std::uint64_t base, std::uint64_t now);

}  // namespace katydid::api
