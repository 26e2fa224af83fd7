// A receiver that does what a test tells it, byte for byte.
#pragma once

#include "tests/http/loopback.hpp"

#include <functional>
#include <list>

namespace katydid::test {

/// Accepts on a free port of 127.0.0.1 and runs the script for each connection, numbered from 0.
/// Outlives its loop's last turn; the script's references outlive it.
class RawServer {
public:
    using Script = std::function<awaitable<>(RawSocket&, int)>;

    RawServer(boost::asio::io_context& loop, Script script)
        : loop_{loop},
          acceptor_{loop, loopback()},
          script_{std::move(script)}
    {
        asio::co_spawn(loop_, accept(), [](std::exception_ptr) {});
    }

    [[nodiscard]] std::string url(const std::string& path = "/") const
    {
        return "http://127.0.0.1:" + std::to_string(port()) + path;
    }
    [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    [[nodiscard]] int connections() const { return connections_; }

private:
    awaitable<> accept()
    {
        for (;;) {
            auto [error, socket] = co_await acceptor_.async_accept(use_tuple);
            if (error) co_return;
            sockets_.emplace_back(std::move(socket));
            RawSocket& accepted = sockets_.back();
            asio::co_spawn(loop_, script_(accepted, connections_++), [](std::exception_ptr) {});
        }
    }

    boost::asio::io_context& loop_;
    tcp::acceptor acceptor_;
    Script script_;
    std::list<RawSocket> sockets_;
    int connections_ = 0;
};

}  // namespace katydid::test
