// Which pages may open a WebSocket with what a browser sends by itself.
#pragma once

#include "hub/http/message/message.hpp"

#include <optional>
#include <string>
#include <vector>

namespace katydid::api {

/// The response that refuses a WebSocket of another site's page: no rule of browsers keeps a page
/// from opening one, cookie included (RFC 6455, section 10.2). nullopt: it is of the hub's own
/// page, of one that is allowed, or of no page. Pure; for calls with a cookie or a ticket.
/// \param allowed  origins besides the hub's own: "https://app.example"
[[nodiscard]] std::optional<http::Response> refuse_origin(const http::Request& request,
                                                          const std::vector<std::string>& allowed);

}  // namespace katydid::api
