// Callers to whom only some subscriptions of their tenant are open.
#pragma once

#include "hub/api/api.hpp"
#include "hub/api/access/access.hpp"

#include <optional>
#include <string_view>

namespace katydid::api {

/// Whether the caller may know of a subscription.
[[nodiscard]] bool reaches(const Caller& caller, SubscriptionId id);

/// The response that refuses a call of a caller with Caller::subscriptions: 404 for what belongs to
/// another subscription, 403 for a route or a change that reaches beyond them. Every route that is
/// not named in reach.cpp is refused, so that a new one cannot be forgotten.
/// \param route  its method and pattern: "GET /v1/deliveries/{id}"
awaitable<std::optional<http::Response>> check_reach(const Context& context, const Caller& caller,
                                                     const http::Request& request,
                                                     std::string_view route);

}  // namespace katydid::api
