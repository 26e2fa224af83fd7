// One HTTP call, for setting a target up and asking it things: not for load.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <string>
#include <utility>
#include <vector>

namespace katydid::bench {

struct Call {
    std::string method = "GET";
    std::string path;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

struct Answer {
    unsigned status = 0;
    std::string body;
};

/// Connects, asks, and closes. Errors: connect_failed, timed_out, protocol_error.
/// Cancellation: terminal, leaves nothing behind.
awaitable<result<Answer>> make_call(const asio::ip::tcp::endpoint& target, const Call& call,
                                    std::chrono::nanoseconds timeout = std::chrono::seconds{10});

/// "127.0.0.1:8080", with or without http:// before it. Throws std::invalid_argument for a name:
/// the bench measures servers on addresses, not DNS.
asio::ip::tcp::endpoint parse_address(std::string_view text);

}  // namespace katydid::bench
