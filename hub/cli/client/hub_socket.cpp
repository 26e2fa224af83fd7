#include "hub/cli/client/hub_socket.hpp"

#include "hub/cli/client/reach.hpp"
#include "hub/http/client/dialer.hpp"
#include "hub/http/egress/resolver.hpp"
#include "hub/stream/websocket/transport_stream_beast.hpp"

#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <boost/json/parse.hpp>

#include <deque>

namespace katydid::cli {
namespace {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
using Socket = websocket::stream<stream::TransportStream, false>;

constexpr milliseconds open_timeout{5'000};
constexpr milliseconds idle_timeout{20'000};  ///< half of it until the ping
constexpr std::size_t message_bytes_max = 64 * 1024 * 1024;

http::Dialer::Options dial_options(const HubAddress& address)
{
    auto client = client_options(address.ca_file);
    http::Dialer::Options options;
    options.policy = anywhere();
    options.resolver = http::make_system_resolver();
    options.tls = std::move(client.tls);
    return options;
}

HubAnswer to_answer(const websocket::response_type& response)
{
    HubAnswer answer;
    answer.status = response.result_int();
    answer.body = response.body();
    boost::json::error_code error;
    auto parsed = boost::json::parse(answer.body, error);
    if (!error) answer.json = std::move(parsed);
    return answer;
}

}  // namespace

struct HubSocket::State : std::enable_shared_from_this<HubSocket::State> {
    State(asio::any_io_executor its_executor, HubAddress its_address)
        : executor{std::move(its_executor)},
          address{std::move(its_address)},
          dog{executor},
          dialer{dog, dial_options(address)}
    {}

    void set_up(const std::string& protocol)
    {
        websocket::stream_base::timeout timeouts{};
        timeouts.handshake_timeout = open_timeout;
        timeouts.idle_timeout = idle_timeout;
        timeouts.keep_alive_pings = true;
        socket->set_option(timeouts);
        socket->read_message_max(message_bytes_max);
        socket->text(true);
        socket->set_option(websocket::stream_base::decorator{
            [protocol, headers = credentials_of(address)](websocket::request_type& request) {
                request.set(beast::http::field::sec_websocket_protocol, protocol);
                for (const auto& header : headers) request.set(header.name, header.value);
            }});
    }

    /// One at a time: writes what is to be said, and the goodbye after it.
    awaitable<> write()
    {
        while (!said.empty()) {
            const auto text = std::move(said.front());
            said.pop_front();
            const auto bytes = asio::buffer(text);
            const auto [error, count] = co_await socket->async_write(bytes, use_tuple);
            if (error) co_return;
        }
        if (!is_closing) co_return;
        const websocket::close_reason goodbye{websocket::close_code::normal};
        co_await socket->async_close(goodbye, use_tuple);
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
    HubAddress address;
    http::Watchdog dog;
    http::Dialer dialer;
    std::unique_ptr<http::Outbound> connection;
    std::optional<Socket> socket;
    beast::flat_buffer buffer;
    std::deque<std::string> said;
    bool is_writing = false;
    bool is_closing = false;
};

HubSocket::HubSocket(asio::any_io_executor executor, HubAddress address)
    : state_{std::make_shared<State>(std::move(executor), std::move(address))}
{}

HubSocket::~HubSocket() { cut(); }

awaitable<HubSocket::Opened> HubSocket::open(std::string path, std::string protocol)
{
    const auto state = state_;
    Opened opened;
    const auto url = http::EgressPolicy::parse_url(state->address.url + path);
    if (!url) {
        opened.error = url.error();
        co_return opened;
    }
    const auto deadline = Deadline::after(open_timeout);
    const http::Dialer::DialOptions as_usual;
    std::string no_pool;
    auto dialled = co_await state->dialer.dial(*url, std::move(no_pool), deadline, as_usual);
    if (!dialled) {
        opened.error = dialled.error();
        co_return opened;
    }
    state->connection = std::move(*dialled);
    state->connection->watch.clear();
    state->socket.emplace(state->connection->transport);
    state->set_up(protocol);
    websocket::response_type response;
    const auto host = url->authority();
    const auto [error] = co_await state->socket->async_handshake(response, host, url->target,
                                                                 use_tuple);
    if (error == websocket::error::upgrade_declined) opened.refusal = to_answer(response);
    else if (error)
        opened.error = Error{errc::protocol_error,
                             "it does not speak WebSocket: " + error.message()};
    co_return opened;
}

awaitable<std::optional<std::string>> HubSocket::read()
{
    const auto state = state_;
    const auto [error, bytes] = co_await state->socket->async_read(state->buffer, use_tuple);
    if (error) co_return std::nullopt;
    auto text = beast::buffers_to_string(state->buffer.data());
    state->buffer.consume(state->buffer.size());
    co_return text;
}

void HubSocket::say(std::string text)
{
    if (state_->is_closing) return;
    state_->said.push_back(std::move(text));
    state_->start_writing();
}

void HubSocket::close()
{
    state_->is_closing = true;
    state_->start_writing();
}

void HubSocket::cut()
{
    if (state_->connection) state_->connection->transport.close();
}

std::uint16_t HubSocket::close_code() const noexcept
{
    return state_->socket ? state_->socket->reason().code : std::uint16_t{0};
}

std::string HubSocket::close_reason() const
{
    if (!state_->socket) return {};
    const auto& reason = state_->socket->reason().reason;
    return {reason.data(), reason.size()};
}

}  // namespace katydid::cli
