// A conversation over a WebSocket.
#pragma once

#include "hub/http/message/message.hpp"
#include "hub/http/server/take_over.hpp"
#include "hub/http/watchdog.hpp"
#include "hub/stream/conversation.hpp"
#include "hub/stream/websocket/websocket_options.hpp"

#include <memory>
#include <string_view>

namespace katydid::stream {

/// Answers the handshake and carries the conversation in text frames (RFC 6455). Bounded: a message
/// has 1 MiB at most; who is silent for 15 s is pinged, and the connection ends when nothing came
/// for 30 s (WebSocketOptions), or when it takes nothing for 30 s.
/// \param request  that refuse_handshake() let pass
/// \param protocol  the subprotocol that is spoken
[[nodiscard]] std::shared_ptr<http::TakeOver>
make_websocket(const http::Request& request, std::string_view protocol,
               std::unique_ptr<Conversation> conversation, http::Watchdog& watchdog,
               WebSocketOptions options);

}  // namespace katydid::stream
