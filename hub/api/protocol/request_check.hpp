// Refuses what a route does not describe: query parameters, bodies, media types.
#pragma once

#include "hub/api/openapi/operation.hpp"
#include "hub/http/message/message.hpp"

#include <optional>
#include <string>

namespace katydid::api {

/// The response that refuses the request: 415 for another media type, 422 with a pointer for each
/// unknown or repeated query parameter and for a body where none is described. Pure.
[[nodiscard]] std::optional<http::Response> check_request(const http::Request& request,
                                                          const Operation& operation);

/// "application/json" of "Application/JSON; charset=utf-8"; what curl -d says of any body counts as
/// nothing said.
[[nodiscard]] std::string media_type_of(const http::Request& request);

}  // namespace katydid::api
