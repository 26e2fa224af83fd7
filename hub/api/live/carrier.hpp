// A request that is answered by a conversation: by which carrier, and for whom.
#pragma once

#include "hub/api/protocol/route.hpp"
#include "hub/stream/conversation.hpp"
#include "hub/stream/live_sessions.hpp"

#include <memory>
#include <string_view>

namespace katydid::api {

enum class Carrier : std::uint8_t { none, websocket, events };

/// What the request asks for: a WebSocket's handshake, or `Accept: text/event-stream`.
[[nodiscard]] Carrier carrier_of(const http::Request& request);

/// The response that refuses the request: 426 where it asks for neither carrier, and what
/// stream::refuse_handshake() says; nullopt: it is good.
[[nodiscard]] std::optional<http::Response> refuse_carrier(const http::Request& request,
                                                           std::string_view protocol);

/// Hands the connection to the conversation.
[[nodiscard]] http::Response carry(const http::Request& request, std::string_view protocol,
                                   std::unique_ptr<stream::Conversation> conversation,
                                   stream::LiveSessions& sessions);

/// The caller, who may stay as long as its key is good.
[[nodiscard]] stream::Visitor visitor_of(const Context& context, const Caller& caller,
                                         const http::Request& request);

}  // namespace katydid::api
