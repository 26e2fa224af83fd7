// What goes on with a connection after a request: a WebSocket, a stream of events.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/http/transport.hpp"

namespace katydid::http {

/// Has a connection from the request that asked for it to its end. It answers the request itself.
///
/// Thread safety: none; all calls on the connection's loop.
class TakeOver {
public:
    virtual ~TakeOver() = default;

    /// Returns when nothing more is to be written; the connection ends then. Its deadlines are its
    /// own, and so is ending in time when the hub drains. Cancellation: the server closes the
    /// transport, and every operation on it ends with an error; a terminal cancellation comes with
    /// that.
    /// Lifetime: the transport outlives the call.
    virtual awaitable<> run(Transport& transport) = 0;
};

}  // namespace katydid::http
