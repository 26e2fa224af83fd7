// What one route says of itself, as OpenAPI writes it. Pure.
#pragma once

#include "hub/api/openapi/operation.hpp"

#include <boost/json.hpp>

#include <string_view>

namespace katydid::api {

/// `{"$ref": "#/components/schemas/Name"}`
[[nodiscard]] boost::json::object reference_to(std::string_view schema);

/// The operation object of a route (OpenAPI 3.1, section 4.8.10).
/// \param scope  which a key needs; not for public routes
[[nodiscard]] boost::json::object operation_json(std::string_view pattern, std::string_view scope,
                                                 const Operation& operation);

/// What operations share: refusals, parameters, how to show a key.
[[nodiscard]] boost::json::object shared_components();

/// Whether the operation, or what all routes share, lists that status.
[[nodiscard]] bool describes(const Operation& operation, unsigned status);

}  // namespace katydid::api
