#include "hub/stream/websocket/client_socket.hpp"

#include <deque>

namespace katydid::stream {
namespace {

constexpr milliseconds open_timeout{5'000};
constexpr Socket::Options socket_options{
    .handshake_timeout = open_timeout,
    .idle_timeout = milliseconds{20'000},
    .message_bytes_max = 64 * 1024 * 1024,
};
constexpr std::uint16_t normal_closure = 1000;  ///< RFC 6455, section 7.4.1

}  // namespace

struct ClientSocket::State : std::enable_shared_from_this<ClientSocket::State> {
    State(asio::any_io_executor its_executor, http::Dialer::Options dialing)
        : executor{std::move(its_executor)},
          dog{executor},
          dialer{dog, std::move(dialing)}
    {}

    /// One at a time: writes what is to be said, and the goodbye after it.
    awaitable<> write()
    {
        while (!said.empty()) {
            const auto text = std::move(said.front());
            said.pop_front();
            const auto bytes = asio::buffer(text);
            const auto [error, count] = co_await socket->write(bytes);
            if (error) co_return;
        }
        if (!is_closing) co_return;
        std::string no_reason;
        co_await socket->close(normal_closure, std::move(no_reason));
        connection->transport.close();
    }

    [[nodiscard]] bool has_to_say() const { return !said.empty() || is_closing; }

    void start_writing()
    {
        if (is_writing || !socket) return;
        is_writing = true;
        asio::co_spawn(executor, write(), [self = shared_from_this()](std::exception_ptr failure) {
            self->is_writing = false;
            if (failure) self->connection->transport.close();
            else if (self->has_to_say() && self->socket->is_open()) self->start_writing();
        });
    }

    asio::any_io_executor executor;
    http::Watchdog dog;
    http::Dialer dialer;
    std::unique_ptr<http::Outbound> connection;
    std::optional<Socket> socket;
    std::deque<std::string> said;
    bool is_writing = false;
    bool is_closing = false;
};

ClientSocket::ClientSocket(asio::any_io_executor executor, http::Dialer::Options dialing)
    : state_{std::make_shared<State>(std::move(executor), std::move(dialing))}
{}

ClientSocket::~ClientSocket() { cut(); }

awaitable<result<Socket::Answer>> ClientSocket::open(std::string url, Socket::Opening opening)
{
    const auto state = state_;
    const auto to = http::EgressPolicy::parse_url(url);
    if (!to) co_return to.error();
    const auto deadline = Deadline::after(open_timeout);
    const http::Dialer::DialOptions as_usual;
    std::string no_pool;
    auto dialled = co_await state->dialer.dial(*to, std::move(no_pool), deadline, as_usual);
    if (!dialled) co_return dialled.error();
    state->connection = std::move(*dialled);
    state->connection->watch.clear();
    state->socket.emplace(state->connection->transport, socket_options);
    opening.target = to->target;
    auto host = to->authority();
    auto answer = co_await state->socket->ask(std::move(host), std::move(opening));
    if (answer.error && answer.status == 0)
        co_return Error{errc::protocol_error, "it opened no WebSocket: " + answer.error.message()};
    co_return answer;
}

awaitable<std::optional<std::string>> ClientSocket::read()
{
    const auto state = state_;
    const auto [error, bytes] = co_await state->socket->read();
    if (error) co_return std::nullopt;
    co_return state->socket->take();
}

void ClientSocket::say(std::string text)
{
    if (state_->is_closing) return;
    state_->said.push_back(std::move(text));
    state_->start_writing();
}

void ClientSocket::close()
{
    state_->is_closing = true;
    state_->start_writing();
}

void ClientSocket::cut()
{
    if (state_->connection) state_->connection->transport.close();
}

std::uint16_t ClientSocket::close_code() const noexcept
{
    return state_->socket ? state_->socket->close_code() : std::uint16_t{0};
}

std::string ClientSocket::close_reason() const
{
    return state_->socket ? state_->socket->close_reason() : std::string{};
}

}  // namespace katydid::stream
