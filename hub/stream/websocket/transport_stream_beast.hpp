// A connection of ours as Beast's WebSocket wants it.
#pragma once

#include "hub/http/transport.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_cat.hpp>
#include <boost/beast/core/role.hpp>

#include <algorithm>
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

    /// Bytes that go out with the next write and before it, whole frames that Beast knows nothing
    /// of. They outlive that write; empty: none.
    void write_before(asio::const_buffer frames) noexcept { before_ = frames; }

    /// Writes all of it, so that what is to go before a write never comes into a frame.
    template <class Buffers, class Token>
    auto async_write_some(const Buffers& buffers, Token&& token)
    {
        return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, const Buffers& each) {
                const auto before = std::exchange(before_, {});
                if (before.size() == 0) return write_all(each, std::move(handler));
                const auto own = asio::get_associated_executor(handler, get_executor());
                auto then = [handler = std::move(handler), size = before.size()](
                                boost::system::error_code error, std::size_t bytes) mutable {
                    std::move(handler)(error, bytes - std::min(bytes, size));
                };
                write_all(boost::beast::buffers_cat(before, each),
                          asio::bind_executor(own, std::move(then)));
            },
            token, buffers);
    }

private:
    template <class Buffers, class Handler>
    void write_all(const Buffers& buffers, Handler&& handler)
    {
        if (auto* tls = transport_.tls())
            asio::async_write(*tls, buffers, std::forward<Handler>(handler));
        else asio::async_write(transport_.socket(), buffers, std::forward<Handler>(handler));
    }

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
    asio::const_buffer before_{};
};

}  // namespace katydid::stream
