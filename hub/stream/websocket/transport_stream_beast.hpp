// A connection of ours as Beast's WebSocket wants it.
#pragma once

#include "hub/http/transport.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>

#include <utility>

namespace katydid::stream {

/// A connection as Beast's WebSocket wants it.
///
/// One type for connections with and without TLS, so that Beast's WebSocket is compiled once.
///
/// Lifetime: the transport outlives it and its operations. Thread safety: none.
class TransportStream {
public:
    using executor_type = asio::any_io_executor;

    explicit TransportStream(http::Transport& transport) : transport_{transport} {}

    [[nodiscard]] executor_type get_executor() { return transport_.socket().get_executor(); }

    template <class Buffers, class Token>
    auto async_read_some(const Buffers& buffers, Token&& token)
    {
        return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, const Buffers& each) {
                if (auto* tls = transport_.tls()) tls->async_read_some(each, std::move(handler));
                else transport_.socket().async_read_some(each, std::move(handler));
            },
            token, buffers);
    }

    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token)
    {
        return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, const Buffers& each) {
                if (auto* tls = transport_.tls()) tls->async_write_some(each, std::move(handler));
                else transport_.socket().async_write_some(each, std::move(handler));
            },
            token, buffers);
    }

private:
    /// When a deadline of Beast's has passed.
    friend void beast_close_socket(TransportStream& stream) { stream.transport_.close(); }

    /// After the closing handshake. The connection ends by itself then (Connection::linger).
    template <class Handler>
    friend void async_teardown(boost::beast::role_type, TransportStream& stream, Handler&& handler)
    {
        asio::post(stream.get_executor(),
                   boost::beast::bind_front_handler(std::forward<Handler>(handler),
                                                    boost::system::error_code{}));
    }

    http::Transport& transport_;
};

}  // namespace katydid::stream
