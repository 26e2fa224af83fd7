// What a session says and hears, whatever carries it.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/stream/batch.hpp"
#include "hub/stream/mailbox.hpp"

#include <string>
#include <variant>

namespace katydid::stream {

/// Who takes nothing for so long is taken for gone.
constexpr milliseconds write_timeout{30'000};

/// Nothing: the time is over, or the conversation is.
using Said = std::variant<std::monostate, Saying, BatchPtr, Closing>;

/// One of two implementations carries it (websocket.hpp, sse_session.hpp): it asks for what to say
/// and passes on what it hears, both at the same time.
///
/// Thread safety: none; the connection's loop.
class Conversation {
public:
    virtual ~Conversation() = default;

    /// What to say next; waits for it until then.
    virtual awaitable<Said> next(SteadyTime until) = 0;
    /// What the other side said: a text of UTF-8. Only a WebSocket hears anything.
    virtual awaitable<void> hear(std::string text) = 0;
    /// The other side said something that is no text: the conversation ends with this code.
    virtual void close(std::uint16_t code, std::string reason) = 0;
    /// The connection ended.
    virtual void stop() = 0;
    [[nodiscard]] virtual bool is_over() const = 0;
};

}  // namespace katydid::stream
