#include "hub/stream/websocket/websocket.hpp"

#include "hub/core/async/event.hpp"
#include "hub/stream/websocket/transport_stream_beast.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <span>

namespace katydid::stream {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;

using Socket = websocket::stream<TransportStream, true>;

constexpr std::size_t message_bytes_max = 1024 * 1024;
constexpr milliseconds handshake_timeout{10'000};  ///< of the opening and of the closing one
constexpr milliseconds write_timeout{30'000};
constexpr milliseconds last_write_time{2'000};  ///< once the other side has ended
constexpr std::size_t reason_bytes_max = 123;   ///< RFC 6455, section 5.5

beast::http::request<beast::http::empty_body> to_beast(const http::Request& request)
{
    beast::http::request<beast::http::empty_body> made;
    made.method(beast::http::verb::get);
    made.target(request.target);
    made.version(11);
    for (const auto& header : request.headers) made.insert(header.name, header.value);
    return made;
}

/// What one connection costs when it is compressed is little: RFC 7692 lets the server choose.
websocket::permessage_deflate deflate_of(const WebSocketOptions& options)
{
    websocket::permessage_deflate deflate;
    deflate.server_enable = options.compresses;
    deflate.server_max_window_bits = 12;
    deflate.client_max_window_bits = 12;
    deflate.server_no_context_takeover = true;
    deflate.client_no_context_takeover = true;
    deflate.compLevel = 1;
    deflate.memLevel = 4;
    deflate.msg_size_threshold = 512;
    return deflate;
}

void set_up(Socket& socket, const std::string& protocol, const WebSocketOptions& options)
{
    websocket::stream_base::timeout timeouts{};
    timeouts.handshake_timeout = handshake_timeout;
    timeouts.idle_timeout = options.idle_timeout;
    timeouts.keep_alive_pings = true;
    socket.set_option(timeouts);
    socket.set_option(
        websocket::stream_base::decorator{[protocol](websocket::response_type& response) {
            response.set(beast::http::field::sec_websocket_protocol, protocol);
        }});
    socket.set_option(deflate_of(options));
    socket.read_message_max(message_bytes_max);  // after it was inflated too
    socket.auto_fragment(false);
    socket.text(true);
}

websocket::close_reason to_reason(const Closing& closing)
{
    return {static_cast<websocket::close_code>(closing.code),
            closing.reason.substr(0, reason_bytes_max)};
}

/// Says what the conversation says, until it ends. A batch goes out in one write, its last message
/// by Beast and those before it as frames that are ready, unless each is to be compressed.
awaitable<> speak(Socket& socket, Conversation& conversation, http::Watch& watch, bool compresses)
{
    while (true) {
        const auto said = co_await conversation.next(SteadyTime::max());
        if (const auto* closing = std::get_if<Closing>(&said)) {
            const auto reason = to_reason(*closing);
            co_await socket.async_close(reason, use_tuple);
            co_return;
        }
        std::span<const Saying> sayings;
        if (const auto* saying = std::get_if<Saying>(&said)) sayings = {saying, 1};
        if (const auto* batch = std::get_if<BatchPtr>(&said)) {
            sayings = (*batch)->sayings();
            if (!compresses) {
                sayings = sayings.last(1);
                const auto& frames = (*batch)->frames_before_last();
                socket.next_layer().write_before(asio::buffer(frames));
            }
        }
        if (sayings.empty()) co_return;
        for (const auto& saying : sayings) {
            const auto buffer = asio::buffer(saying.data);
            watch.set(SteadyTime::clock::now() + write_timeout);
            const auto [error, bytes] = co_await socket.async_write(buffer, use_tuple);
            watch.clear();
            socket.next_layer().write_before({});  // it may have failed before it came to that
            if (error) co_return;
        }
    }
}

/// Until the connection has ended.
awaitable<> listen(Socket& socket, Conversation& conversation)
{
    beast::flat_buffer buffer;  // read_message_max() bounds it
    bool is_refused = false;
    while (true) {
        const auto [error, bytes] = co_await socket.async_read(buffer, use_tuple);
        if (error) co_return;
        const bool is_text = socket.got_text();
        auto text = is_text ? beast::buffers_to_string(buffer.data()) : std::string{};
        buffer.consume(buffer.size());
        if (buffer.capacity() > 16U * 1024) buffer.shrink_to_fit();
        if (is_refused) continue;  // on its way to the end
        is_refused = !is_text;
        if (is_refused) conversation.close(unsupported_data, "frames are texts here");
        else co_await conversation.hear(std::move(text));
    }
}

class WebSocketSession final : public http::TakeOver {
public:
    WebSocketSession(const http::Request& request, std::string_view protocol,
                     std::unique_ptr<Conversation> conversation, http::Watchdog& watchdog,
                     WebSocketOptions options)
        : request_{to_beast(request)},
          protocol_{protocol},
          conversation_{std::move(conversation)},
          watchdog_{watchdog},
          options_{options}
    {}

    awaitable<> run(http::Transport& transport) override
    {
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        const auto executor = co_await asio::this_coro::executor;
        Socket socket{transport};
        set_up(socket, protocol_, options_);
        const auto [error] = co_await socket.async_accept(request_, use_tuple);
        request_ = {};
        if (!error) {
            AsyncEvent spoken;
            http::Watch watch{watchdog_, [&transport] { transport.close(); }};
            asio::co_spawn(executor, speak(socket, *conversation_, watch, options_.compresses),
                           [spoken, &transport](const std::exception_ptr& failure) {
                               if (failure) transport.close();
                               spoken.set();
                           });
            co_await listen_to_the_end(socket, transport);
            conversation_->stop();
            const auto until = SteadyTime::clock::now() + last_write_time;
            const bool has_ended = co_await spoken.wait(until);
            if (!has_ended) transport.close();
            co_await spoken.wait();
        }
        conversation_.reset();
    }

private:
    /// What is spoken refers to the socket: it is waited for, whatever happens here.
    awaitable<> listen_to_the_end(Socket& socket, http::Transport& transport)
    {
        try {
            co_await listen(socket, *conversation_);
        } catch (const std::exception&) {
            transport.close();
        }
    }

    beast::http::request<beast::http::empty_body> request_;
    std::string protocol_;
    std::unique_ptr<Conversation> conversation_;
    http::Watchdog& watchdog_;
    WebSocketOptions options_;
};

}  // namespace

std::shared_ptr<http::TakeOver> make_websocket(const http::Request& request,
                                               std::string_view protocol,
                                               std::unique_ptr<Conversation> conversation,
                                               http::Watchdog& watchdog, WebSocketOptions options)
{
    return std::make_shared<WebSocketSession>(request, protocol, std::move(conversation), watchdog,
                                              options);
}

}  // namespace katydid::stream
