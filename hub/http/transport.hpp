// A TCP connection, with or without TLS, as one thing to read from and write to.
#pragma once

#include "hub/core/async/asio.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <array>
#include <functional>
#include <memory>
#include <tuple>

namespace katydid::http {

/// Owns a socket and, with TLS, the stream upon it.
///
/// The functions return Asio's own awaitables or operations, so that choosing between plain and TLS
/// costs no coroutine frame. Deadlines are the owner's: it closes or cancels the socket.
/// Thread safety: none. Lifetime: outlives every operation started on it.
class Transport {
public:
    using TlsStream = boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>;
    using Transferred = std::tuple<boost::system::error_code, std::size_t>;
    using Buffers = std::array<boost::asio::const_buffer, 2>;
    using Deferred = boost::asio::as_tuple_t<boost::asio::deferred_t>;

    explicit Transport(boost::asio::ip::tcp::socket socket);
    ~Transport();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// Puts TLS on the connection; the handshake is still to be made. The context is kept alive.
    TlsStream& use_tls(std::shared_ptr<boost::asio::ssl::context> context);
    /// After a handshake that failed: what follows goes over the bare connection.
    void drop_tls() noexcept { tls_.reset(); }

    /// What every connected socket here has: no Nagle delay, and a write_now() that never blocks.
    void tune() noexcept;

    [[nodiscard]] boost::asio::ip::tcp::socket& socket() noexcept { return socket_; }
    [[nodiscard]] TlsStream* tls() noexcept { return tls_.get(); }

    /// `co_await` starts it, and it needs no coroutine of its own.
    auto read_some(boost::asio::mutable_buffer buffer)
    {
        return boost::asio::async_initiate<const Deferred,
                                           void(boost::system::error_code, std::size_t)>(
            [this](auto handler, boost::asio::mutable_buffer into) {
                if (tls_) tls_->async_read_some(into, std::move(handler));
                else socket_.async_read_some(into, std::move(handler));
            },
            Deferred{}, buffer);
    }
    awaitable<Transferred> write_all(Buffers buffers);
    /// The same without waiting: `on_end` is called when it is done. Buffers and transport outlive
    /// the operation, close() ends it.
    void start_write(Buffers buffers, std::function<void(const boost::system::error_code&)> on_end);

    /// Writes what the kernel takes at once, without suspending. Bytes written; 0 over TLS.
    std::size_t write_now(const Buffers& buffers, boost::system::error_code& error);

    /// Whether nothing came that is still unread: neither bytes nor the end of the connection.
    /// With TLS that is looked at behind the encryption, so that TLS's own records (session
    /// tickets, key updates) are taken in and do not count. Never waits. No operation may be
    /// under way. After false the connection can only be closed: a byte is lost.
    [[nodiscard]] bool is_quiet();

    /// Whether the peer has said that it sends nothing more, or is gone, whatever is still unread.
    [[nodiscard]] bool has_peer_left() noexcept;

    void cancel() noexcept;
    void close() noexcept;

private:
    boost::asio::ip::tcp::socket socket_;
    std::shared_ptr<boost::asio::ssl::context> context_;
    std::unique_ptr<TlsStream> tls_;
};

/// The buffers after the first `bytes` bytes.
Transport::Buffers without_front(const Transport::Buffers& buffers, std::size_t bytes) noexcept;

}  // namespace katydid::http
