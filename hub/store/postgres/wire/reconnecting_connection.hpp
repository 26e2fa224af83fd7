// A connection that comes back.
#pragma once

#include "hub/core/async/event.hpp"
#include "hub/store/postgres/wire/connection.hpp"

#include <random>

namespace katydid::store::postgres {

/// Opens a connection again and again, each time after a longer wait, until it is open or `stop`
/// was called. The waits are spread at random, so that hubs do not all come at once.
/// Thread safety: none; it belongs to the store's thread.
class ReconnectingConnection {
public:
    ReconnectingConnection(asio::any_io_executor executor, Target target);

    /// False when it was stopped.
    awaitable<bool> open();
    void stop() { stopped_.set(); }

    Connection connection;

private:
    std::mt19937_64 random_{random_seed()};
    AsyncEvent stopped_;
};

}  // namespace katydid::store::postgres
