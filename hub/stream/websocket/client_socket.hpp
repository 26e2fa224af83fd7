// A WebSocket to a hub, as its clients open it.
#pragma once

#include "hub/http/client/dialer.hpp"
#include "hub/stream/websocket/socket.hpp"

#include <memory>
#include <optional>

namespace katydid::stream {

/// One connection, opened once. What it says goes out in order; it notices a hub that is gone, or a
/// machine that slept, by pings.
///
/// Thread safety: none; the executor's thread. Lifetime: open() and read() are awaited in place.
class ClientSocket {
public:
    ClientSocket(asio::any_io_executor executor, http::Dialer::Options dialing);
    ~ClientSocket();
    ClientSocket(const ClientSocket&) = delete;
    ClientSocket& operator=(const ClientSocket&) = delete;

    /// The hub's answer; 101: it is open. Errors: those of Dialer::dial, protocol_error.
    /// \param opening  its target is set from the URL
    awaitable<result<Socket::Answer>> open(std::string url, Socket::Opening opening);

    /// The next text; nullopt: the connection has ended.
    awaitable<std::optional<std::string>> read();
    /// Sends after what was said before. Nothing happens once the connection has ended.
    void say(std::string text);
    /// Says goodbye, so that the hub takes back at once what was not answered. read() ends.
    void close();
    /// Ends it without a word.
    void cut();

    /// Of the closing frame; 0: there was none.
    [[nodiscard]] std::uint16_t close_code() const noexcept;
    [[nodiscard]] std::string close_reason() const;

    struct State;

private:
    std::shared_ptr<State> state_;
};

}  // namespace katydid::stream
