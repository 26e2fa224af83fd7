// From an address to a connection, handed in so that tests see where requests would go.
#pragma once

#include "hub/core/async/asio.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace katydid::http {

/// Thread safety: none; called on the client's loop.
class Connector {
public:
    virtual ~Connector() = default;

    /// Connects the socket, which is closed before. Cancelled when its time is over.
    virtual awaitable<boost::system::error_code>
    connect(boost::asio::ip::tcp::socket& socket, boost::asio::ip::tcp::endpoint to) = 0;
};

}  // namespace katydid::http
