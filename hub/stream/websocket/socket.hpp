// A WebSocket over a connection: Beast's, compiled in one place.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/text/headers.hpp"
#include "hub/http/transport.hpp"

#include <memory>
#include <string>

namespace katydid::stream {

/// Either side of a WebSocket (RFC 6455). It says texts.
///
/// Thread safety: none. Lifetime: the transport outlives it, and it outlives its operations, one
/// read and one write at the same time. Cancellation: closing the transport ends them.
class Socket {
public:
    struct Options {
        milliseconds handshake_timeout;  ///< of the opening and of the closing one
        milliseconds idle_timeout;       ///< half of it until the ping
        std::size_t message_bytes_max;   ///< after it was inflated too
        bool compresses = false;         ///< a server: whether permessage-deflate is agreed to
    };
    /// What opens it: of the request that the server takes, or what the client adds to its own.
    struct Opening {
        std::string target;
        std::string protocol;
        Headers headers;
    };
    /// What the server said; `status` is 101 when the WebSocket is open, 0 when nothing came.
    struct Answer {
        boost::system::error_code error;
        unsigned status = 0;
        std::string body;
    };
    using Transferred = http::Transport::Transferred;

    Socket(http::Transport& transport, const Options& options);
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    /// Answers a handshake that is good.
    awaitable<boost::system::error_code> accept(Opening opening);
    /// Asks the server.
    awaitable<Answer> ask(std::string host, Opening opening);

    /// The next message, which take() hands on.
    awaitable<Transferred> read();
    [[nodiscard]] bool got_text() const;
    [[nodiscard]] std::string take();

    /// The bytes outlive the operation.
    awaitable<Transferred> write(asio::const_buffer text);
    /// Whole frames that go out with the next write and before it. They outlive it; empty: none.
    void write_before(asio::const_buffer frames) noexcept;
    awaitable<void> close(std::uint16_t code, std::string reason);

    [[nodiscard]] bool is_open() const;
    /// Of the closing frame that came; 0: none.
    [[nodiscard]] std::uint16_t close_code() const noexcept;
    [[nodiscard]] std::string close_reason() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace katydid::stream
