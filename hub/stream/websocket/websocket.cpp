#include "hub/stream/websocket/websocket.hpp"

#include "hub/core/async/event.hpp"
#include "hub/stream/websocket/socket.hpp"

#include <boost/asio/cancellation_state.hpp>

#include <span>

namespace katydid::stream {
namespace {

constexpr std::size_t message_bytes_max = 1024 * 1024;
constexpr milliseconds handshake_timeout{10'000};
constexpr milliseconds last_write_time{2'000};  ///< once the other side has ended

/// Says what the conversation says, until it ends. A batch goes out in one write, its last message
/// by Beast and those before it as frames that are ready, unless each is to be compressed.
awaitable<> speak(Socket& socket, Conversation& conversation, http::Watch& watch, bool compresses)
{
    while (true) {
        const auto said = co_await conversation.next(SteadyTime::max());
        if (const auto* closing = std::get_if<Closing>(&said)) {
            auto reason = closing->reason;
            co_await socket.close(closing->code, std::move(reason));
            co_return;
        }
        std::span<const Saying> sayings;
        if (const auto* saying = std::get_if<Saying>(&said)) sayings = {saying, 1};
        if (const auto* batch = std::get_if<BatchPtr>(&said)) {
            sayings = (*batch)->sayings();
            if (!compresses) {
                sayings = sayings.last(1);
                const auto& frames = (*batch)->frames_before_last();
                socket.write_before(asio::buffer(frames));
            }
        }
        if (sayings.empty()) co_return;
        for (const auto& saying : sayings) {
            const auto buffer = asio::buffer(saying.data);
            watch.set(SteadyTime::clock::now() + write_timeout);
            const auto [error, bytes] = co_await socket.write(buffer);
            watch.clear();
            socket.write_before({});  // it may have failed before it came to that
            if (error) co_return;
        }
    }
}

/// Until the connection has ended.
awaitable<> listen(Socket& socket, Conversation& conversation)
{
    bool is_refused = false;
    while (true) {
        const auto [error, bytes] = co_await socket.read();
        if (error) co_return;
        const bool is_text = socket.got_text();
        auto text = socket.take();
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
        : opening_{request.target, std::string{protocol}, request.headers},
          conversation_{std::move(conversation)},
          watchdog_{watchdog},
          options_{options}
    {}

    awaitable<> run(http::Transport& transport) override
    {
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        const auto executor = co_await asio::this_coro::executor;
        Socket socket{
            transport,
            {handshake_timeout, options_.idle_timeout, message_bytes_max, options_.compresses}};
        auto opening = std::move(opening_);
        const auto error = co_await socket.accept(std::move(opening));
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

    Socket::Opening opening_;
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
