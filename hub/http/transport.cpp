#include "hub/http/transport.hpp"

#include <boost/asio/write.hpp>

#include <openssl/ssl.h>
#include <poll.h>

#include <string_view>

namespace katydid::http {

using boost::system::error_code;

Transport::Transport(boost::asio::ip::tcp::socket socket) : socket_{std::move(socket)}
{
    if (socket_.is_open()) tune();
}

Transport::~Transport() { close(); }

void Transport::tune() noexcept
{
    boost::system::error_code ignored;
    socket_.set_option(boost::asio::ip::tcp::no_delay{true}, ignored);
    socket_.non_blocking(true, ignored);
}

Transport::TlsStream& Transport::use_tls(std::shared_ptr<boost::asio::ssl::context> context)
{
    context_ = std::move(context);
    tls_ = std::make_unique<TlsStream>(socket_, *context_);
    return *tls_;
}

awaitable<Transport::Transferred> Transport::write_all(Buffers buffers)
{
    if (tls_) return boost::asio::async_write(*tls_, buffers, use_tuple);
    return boost::asio::async_write(socket_, buffers, use_tuple);
}

void Transport::start_write(Buffers buffers,
                            std::function<void(const boost::system::error_code&)> on_end)
{
    auto handler = [on_end = std::move(on_end)](const boost::system::error_code& error,
                                                std::size_t) { on_end(error); };
    if (tls_) boost::asio::async_write(*tls_, buffers, std::move(handler));
    else boost::asio::async_write(socket_, buffers, std::move(handler));
}

std::size_t Transport::write_now(const Buffers& buffers, boost::system::error_code& error)
{
    error = {};
    if (tls_) return 0;
    const auto written = socket_.write_some(buffers, error);
    if (error == boost::asio::error::would_block) error = {};
    return written;
}

bool Transport::is_quiet()
{
    char byte = 0;
    error_code error;
    const auto space = boost::asio::buffer(&byte, 1);
    // The sockets here do not block. Over TLS this goes through what OpenSSL, Asio's buffer and
    // the kernel hold, until that is used up.
    const auto got = tls_ ? tls_->read_some(space, error) : socket_.read_some(space, error);
    if (got > 0 || error != boost::asio::error::would_block) return false;
    if (!tls_) return true;
    // Half a record may be half an answer.
    SSL* ssl = tls_->native_handle();
    return SSL_has_pending(ssl) == 0 && SSL_rstate_string(ssl) == std::string_view{"RH"};
}

bool Transport::has_peer_left() noexcept
{
    pollfd asked{socket_.native_handle(), POLLRDHUP, 0};
    return ::poll(&asked, 1, 0) > 0;
}

void Transport::cancel() noexcept
{
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void Transport::close() noexcept
{
    boost::system::error_code ignored;
    socket_.close(ignored);
}

Transport::Buffers without_front(const Transport::Buffers& buffers, std::size_t bytes) noexcept
{
    auto left = buffers;
    for (auto& buffer : left) {
        const auto skip = std::min(bytes, buffer.size());
        buffer += skip;
        bytes -= skip;
    }
    return left;
}

}  // namespace katydid::http
