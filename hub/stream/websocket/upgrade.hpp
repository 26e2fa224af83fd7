// Whether a request is a WebSocket's opening handshake that the hub takes.
#pragma once

#include "hub/http/message/message.hpp"

#include <optional>
#include <string_view>

namespace katydid::stream {

/// Whether the request asks for a WebSocket at all.
[[nodiscard]] bool asks_for_websocket(const http::Request& request);

/// The response that refuses a handshake (RFC 6455, section 4.2); nullopt: it is good. Pure.
/// \param protocol  the subprotocol that must be among those the client offers
[[nodiscard]] std::optional<http::Response> refuse_handshake(const http::Request& request,
                                                             std::string_view protocol);

/// Whether a comma-separated list has the item, without regard to case.
[[nodiscard]] bool has_item(std::string_view list, std::string_view item) noexcept;

}  // namespace katydid::stream
