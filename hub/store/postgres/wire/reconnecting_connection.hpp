// A connection that comes back.
#pragma once

#include "hub/store/postgres/wire/connection.hpp"

#include <random>

namespace katydid::store::postgres {

/// Opens a connection again and again, each time after a longer wait, until it is open or `stop`
/// was called. The waits are spread at random, so that hubs do not all come at once.
/// Thread safety: none; it belongs to the store's thread.
class ReconnectingConnection {
public:
    ReconnectingConnection(asio::any_io_executor executor, Target target);

    /// False when it was stopped. `why_not` says what the last try came to.
    awaitable<bool> open();
    void stop();
    [[nodiscard]] bool is_stopped() const noexcept { return stopped_; }
    [[nodiscard]] const std::string& why_not() const noexcept { return why_not_; }

    Connection connection;

private:
    asio::steady_timer timer_;
    std::mt19937_64 random_{random_seed()};
    std::string why_not_;
    bool stopped_ = false;
};

}  // namespace katydid::store::postgres
