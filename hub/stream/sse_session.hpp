// Server-Sent Events: a conversation in which only the hub speaks.
#pragma once

#include "hub/http/server/take_over.hpp"
#include "hub/http/watchdog.hpp"
#include "hub/stream/conversation.hpp"

#include <memory>

namespace katydid::stream {

/// Writes what the conversation says as `text/event-stream` (WHATWG HTML, 9.2), and a comment when
/// it has said nothing for 15 s. It ends with the conversation, when the other side closes, or when
/// that takes nothing for 30 s.
/// \param watchdog  outlives the session
[[nodiscard]] std::shared_ptr<http::TakeOver>
make_event_stream(std::unique_ptr<Conversation> conversation, http::Watchdog& watchdog);

}  // namespace katydid::stream
