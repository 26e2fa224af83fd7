// One connection of the listener, from its handshake to its end.
#pragma once

#include "hub/http/message/framing.hpp"
#include "hub/http/server/response_head.hpp"
#include "hub/http/server/server.hpp"
#include "hub/http/watchdog.hpp"

#include <boost/asio/cancellation_signal.hpp>

namespace katydid::http {

/// What the connections of one server share. Lives as long as the last of them.
struct ServerShared {
    const Router& router;
    ServerOptions options;
    ServerObserver& observer;
    Watchdog watchdog;
    Admission admission;
    DateText date{};
    bool draining = false;
    std::size_t under_way = 0;  ///< requests that a route answers right now
    std::size_t resting = 0;    ///< connections that wait without buffers
};

/// Reads requests, one after the other, and answers them in order.
///
/// Decides nothing about routes and bodies; owns the socket and its deadlines.
/// Thread safety: none; all calls on the loop's thread.
class Connection {
public:
    Connection(ServerShared& shared, boost::asio::ip::tcp::socket socket, Peer peer,
               Admission::Slot admitted);
    ~Connection();

    /// Serves until the connection ends. The connection outlives the coroutine.
    awaitable<> run();

    /// The server drains: closes a connection that waits for its next request. One that has not
    /// sent its first yet may still do so for a moment: a new connection is answered.
    void drain();
    /// Ends whatever it does, also a route that is running.
    void cut();

    [[nodiscard]] const Peer& peer() const noexcept;
    [[nodiscard]] boost::asio::cancellation_slot slot() noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace katydid::http
