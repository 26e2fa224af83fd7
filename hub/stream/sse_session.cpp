#include "hub/stream/sse_session.hpp"

#include "hub/core/async/event.hpp"

#include <boost/asio/cancellation_state.hpp>

#include <array>

#include <netinet/tcp.h>
#include <sys/socket.h>

namespace katydid::stream {
namespace {

using boost::system::error_code;

constexpr milliseconds ping_interval{15'000};
/// The connection ends with the stream: there is nothing that would say where it ends.
constexpr std::string_view head = "HTTP/1.1 200 OK\r\n"
                                  "Content-Type: text/event-stream\r\n"
                                  "Cache-Control: no-store\r\n"
                                  "X-Content-Type-Options: nosniff\r\n"
                                  "X-Accel-Buffering: no\r\n"
                                  "Connection: close\r\n\r\n";
constexpr std::string_view ping = ":\n\n";

/// The kernel takes what a peer that vanished would be told, and would go on for a quarter of an
/// hour: meanwhile each delivery would go there, and fail.
void end_when_vanished(http::Transport& transport) noexcept
{
    const auto time = static_cast<unsigned>(write_timeout.count());
    ::setsockopt(transport.socket().native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &time,
                 sizeof time);
}

class EventStream final : public http::TakeOver {
public:
    EventStream(std::unique_ptr<Conversation> conversation, http::Watchdog& watchdog)
        : conversation_{std::move(conversation)},
          watchdog_{watchdog}
    {}

    awaitable<> run(http::Transport& transport) override
    {
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        const auto executor = co_await asio::this_coro::executor;
        end_when_vanished(transport);
        AsyncEvent read;
        asio::co_spawn(executor, wait_for_end(transport, *conversation_),
                       [read](const std::exception_ptr&) { read.set(); });
        http::Watch watch{watchdog_, [&transport] { transport.close(); }};
        try {
            co_await write_all(transport, watch);
        } catch (const std::exception&) {
            transport.close();  // what reads refers to it, and is waited for
        }
        watch.clear();
        conversation_->stop();
        transport.cancel();
        co_await read.wait();
        conversation_.reset();
    }

private:
    /// What comes is nothing to us; that nothing more can come is.
    static awaitable<> wait_for_end(http::Transport& transport, Conversation& conversation)
    {
        std::array<char, 256> dropped{};
        error_code error;
        while (!error) {
            const auto space = asio::buffer(dropped);
            const auto [failed, bytes] = co_await transport.read_some(space);
            error = failed;
        }
        conversation.stop();
    }

    awaitable<> write_all(http::Transport& transport, http::Watch& watch)
    {
        std::string text{head};
        while (!text.empty()) {
            watch.set(SteadyTime::clock::now() + write_timeout);
            const http::Transport::Buffers buffers{asio::buffer(text), {}};
            const auto [error, bytes] = co_await transport.write_all(buffers);
            watch.clear();
            if (error) co_return;
            auto next = co_await next_text();
            text = std::move(next);
        }
    }

    /// Empty: the end.
    awaitable<std::string> next_text()
    {
        const auto until = SteadyTime::clock::now() + ping_interval;
        const auto said = co_await conversation_->next(until);
        if (const auto* saying = std::get_if<Saying>(&said)) co_return to_event(*saying);
        if (const auto* batch = std::get_if<BatchPtr>(&said)) co_return (*batch)->events();
        if (std::holds_alternative<Closing>(said) || conversation_->is_over()) co_return "";
        co_return std::string{ping};
    }

    std::unique_ptr<Conversation> conversation_;
    http::Watchdog& watchdog_;
};

}  // namespace

std::shared_ptr<http::TakeOver> make_event_stream(std::unique_ptr<Conversation> conversation,
                                                  http::Watchdog& watchdog)
{
    return std::make_shared<EventStream>(std::move(conversation), watchdog);
}

}  // namespace katydid::stream
