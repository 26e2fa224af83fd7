#include "hub/stream/websocket/socket.hpp"

#include "hub/stream/websocket/transport_stream_beast.hpp"

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>

namespace katydid::stream {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

constexpr std::size_t reason_bytes_max = 123;         ///< RFC 6455, section 5.5
constexpr std::size_t kept_buffer_bytes = 16 * 1024;  ///< from one message to the next

beast::http::request<beast::http::empty_body> to_beast(const Socket::Opening& opening)
{
    beast::http::request<beast::http::empty_body> made;
    made.method(beast::http::verb::get);
    made.target(opening.target);
    made.version(11);
    for (const auto& header : opening.headers) made.insert(header.name, header.value);
    return made;
}

/// What one connection costs when it is compressed is little: RFC 7692 lets the server choose.
websocket::permessage_deflate deflate_of(bool compresses)
{
    websocket::permessage_deflate deflate;
    deflate.server_enable = compresses;
    deflate.server_max_window_bits = 12;
    deflate.client_max_window_bits = 12;
    deflate.server_no_context_takeover = true;
    deflate.client_no_context_takeover = true;
    deflate.compLevel = 1;
    deflate.memLevel = 4;
    deflate.msg_size_threshold = 512;
    return deflate;
}

}  // namespace

struct Socket::State {
    explicit State(http::Transport& transport) : socket{transport} {}

    websocket::stream<TransportStream, true> socket;
    beast::flat_buffer buffer;  // read_message_max() bounds it
};

Socket::Socket(http::Transport& transport, const Options& options)
    : state_{std::make_unique<State>(transport)}
{
    auto& socket = state_->socket;
    websocket::stream_base::timeout timeouts{};
    timeouts.handshake_timeout = options.handshake_timeout;
    timeouts.idle_timeout = options.idle_timeout;
    timeouts.keep_alive_pings = true;
    socket.set_option(timeouts);
    socket.set_option(deflate_of(options.compresses));
    socket.read_message_max(options.message_bytes_max);
    socket.auto_fragment(false);
    socket.text(true);
}

Socket::~Socket() = default;

awaitable<boost::system::error_code> Socket::accept(Opening opening)
{
    const auto request = to_beast(opening);
    state_->socket.set_option(websocket::stream_base::decorator{
        [protocol = std::move(opening.protocol)](websocket::response_type& response) {
            response.set(beast::http::field::sec_websocket_protocol, protocol);
        }});
    const auto [error] = co_await state_->socket.async_accept(request, use_tuple);
    co_return error;
}

awaitable<Socket::Answer> Socket::ask(std::string host, Opening opening)
{
    const auto target = std::move(opening.target);
    state_->socket.set_option(websocket::stream_base::decorator{
        [opening = std::move(opening)](websocket::request_type& request) {
            request.set(beast::http::field::sec_websocket_protocol, opening.protocol);
            for (const auto& header : opening.headers) request.set(header.name, header.value);
        }});
    websocket::response_type response;
    const auto [error] = co_await state_->socket.async_handshake(response, host, target, use_tuple);
    Answer answer;
    answer.error = error;
    // Beast leaves a status of its own (500) where it has read no answer.
    const bool is_answered = !error || error == websocket::error::upgrade_declined;
    if (is_answered) answer.status = response.result_int();
    answer.body = std::move(response.body());
    co_return answer;
}

awaitable<Socket::Transferred> Socket::read()
{
    return state_->socket.async_read(state_->buffer, use_tuple);
}

bool Socket::got_text() const { return state_->socket.got_text(); }

std::string Socket::take()
{
    auto& buffer = state_->buffer;
    auto text = beast::buffers_to_string(buffer.data());
    buffer.consume(buffer.size());
    if (buffer.capacity() > kept_buffer_bytes) buffer.shrink_to_fit();
    return text;
}

awaitable<Socket::Transferred> Socket::write(asio::const_buffer text)
{
    return state_->socket.async_write(text, use_tuple);
}

void Socket::write_before(asio::const_buffer frames) noexcept
{
    state_->socket.next_layer().write_before(frames);
}

awaitable<void> Socket::close(std::uint16_t code, std::string reason)
{
    reason.resize(std::min(reason.size(), reason_bytes_max));
    const websocket::close_reason goodbye{static_cast<websocket::close_code>(code), reason};
    co_await state_->socket.async_close(goodbye, use_tuple);
}

bool Socket::is_open() const { return state_->socket.is_open(); }

std::uint16_t Socket::close_code() const noexcept { return state_->socket.reason().code; }

std::string Socket::close_reason() const
{
    const auto& reason = state_->socket.reason().reason;
    return {reason.data(), reason.size()};
}

}  // namespace katydid::stream
