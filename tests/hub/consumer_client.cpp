#include "tests/hub/consumer_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <array>
#include <stdexcept>

namespace katydid::test {

namespace beast = boost::beast;
namespace websocket = beast::websocket;
namespace json = boost::json;
using namespace std::chrono_literals;

struct ConsumerClient::State {
    explicit State(asio::ip::tcp::socket socket) : stream{std::move(socket)} {}
    websocket::stream<beast::tcp_stream, true> stream;
    beast::flat_buffer buffer;
};

ConsumerClient::ConsumerClient() = default;
ConsumerClient::~ConsumerClient() = default;
ConsumerClient::ConsumerClient(ConsumerClient&&) noexcept = default;
ConsumerClient& ConsumerClient::operator=(ConsumerClient&&) noexcept = default;

awaitable<asio::ip::tcp::socket> connect_to(const ApiClient& person)
{
    const auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::socket socket{executor};
    const auto colon = person.url().rfind(':');
    const auto port = static_cast<std::uint16_t>(std::stoul(person.url().substr(colon + 1)));
    const asio::ip::tcp::endpoint endpoint{asio::ip::address_v4::loopback(), port};
    co_await socket.async_connect(endpoint, asio::use_awaitable);
    co_return socket;
}

std::string event_stream_request(const ApiClient& person, const std::string& target,
                                 const std::string& more_headers)
{
    const auto [name, value] = person.authorisation();
    return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n" + name
           + ": " + value + "\r\n" + more_headers + "\r\n";
}

awaitable<std::string> read_until(asio::ip::tcp::socket& socket, std::string enough)
{
    std::string got;
    std::array<char, 4096> space{};
    const auto in = asio::buffer(space);
    while (got.find(enough) == std::string::npos) {
        const auto bytes = co_await socket.async_read_some(in, asio::use_awaitable);
        got.append(space.data(), bytes);
    }
    co_return got;
}

awaitable<std::string> exchange_bytes(const ApiClient& person, std::string bytes,
                                      std::string enough)
{
    auto socket = co_await connect_to(person);
    beast::tcp_stream stream{std::move(socket)};
    stream.expires_after(20s);
    const auto out = asio::buffer(bytes);
    co_await asio::async_write(stream, out, asio::use_awaitable);
    std::string got;
    std::array<char, 4096> space{};
    const auto in = asio::buffer(space);
    while (enough.empty() || got.find(enough) == std::string::npos) {
        const auto [error, count] = co_await stream.async_read_some(in, use_tuple);
        if (error == beast::error::timeout) throw std::runtime_error{"the hub said: " + got};
        if (error) break;
        got.append(space.data(), count);
    }
    co_return got;
}

awaitable<unsigned> ConsumerClient::connect(ApiClient person, std::string path,
                                            std::string protocol)
{
    auto socket = co_await connect_to(person);
    state_ = std::make_unique<State>(std::move(socket));
    auto& stream = state_->stream;
    stream.set_option(websocket::stream_base::decorator{
        [authorisation = person.authorisation(), protocol](websocket::request_type& request) {
            request.set(authorisation.name, authorisation.value);
            if (!protocol.empty())
                request.set(beast::http::field::sec_websocket_protocol, protocol);
        }});
    websocket::permessage_deflate deflate;
    deflate.client_enable = offers_compression_;
    stream.set_option(deflate);
    beast::get_lowest_layer(stream).expires_after(20s);
    websocket::response_type response;
    const std::string host = "127.0.0.1";
    const auto [error] = co_await stream.async_handshake(response, host, path, use_tuple);
    beast::get_lowest_layer(stream).expires_never();
    is_compressed_ = !response[beast::http::field::sec_websocket_extensions].empty();
    if (!error && response[beast::http::field::sec_websocket_protocol] != protocol)
        throw std::runtime_error{"the hub chose another subprotocol"};
    co_return response.result_int();
}

awaitable<json::value> ConsumerClient::next()
{
    auto& stream = state_->stream;
    beast::get_lowest_layer(stream).expires_after(20s);
    const auto [error, bytes] = co_await stream.async_read(state_->buffer, use_tuple);
    if (error == beast::error::timeout) throw std::runtime_error{"no frame came"};
    beast::get_lowest_layer(stream).expires_never();
    if (error) co_return json::value{};
    const auto text = beast::buffers_to_string(state_->buffer.data());
    state_->buffer.consume(state_->buffer.size());
    co_return json::parse(text);
}

awaitable<json::value> ConsumerClient::next(std::string type)
{
    while (true) {
        auto frame = co_await next();
        if (frame.is_null()) throw std::runtime_error{"the connection ended: " + close_reason()};
        if (text(frame, "type") == type) co_return frame;
    }
}

awaitable<> ConsumerClient::say(std::string text, bool binary)
{
    state_->stream.binary(binary);
    const auto buffer = asio::buffer(text);
    co_await state_->stream.async_write(buffer, use_tuple);
}

awaitable<> ConsumerClient::say_part(std::string text, bool is_last)
{
    const auto buffer = asio::buffer(text);
    co_await state_->stream.async_write_some(is_last, buffer, use_tuple);
}

awaitable<> ConsumerClient::ack(std::string delivery)
{
    auto frame = R"({"type":"ack","delivery":")" + delivery + R"("})";
    co_await say(std::move(frame));
}

awaitable<> ConsumerClient::close()
{
    const websocket::close_reason reason{websocket::close_code::normal};
    co_await state_->stream.async_close(reason, use_tuple);
}

void ConsumerClient::cut() { state_.reset(); }

unsigned ConsumerClient::close_code() const { return state_->stream.reason().code; }

std::string ConsumerClient::close_reason() const
{
    const auto& reason = state_->stream.reason().reason;
    return {reason.data(), reason.size()};
}

awaitable<std::string> make_stream(ApiClient& person, std::string name, std::string more)
{
    auto body = R"({"name":")" + name + R"(","event_types":["order.*"],"handler":)"
                + R"({"kind":"stream"},"retry":{"delays":["1ms"]})" + more + "}";
    const auto made = co_await person.manage_as(201, "POST", "/v1/subscriptions", std::move(body));
    co_return text(made, "id");
}

awaitable<> publish(ApiClient& person, std::string data, std::string more)
{
    auto body = R"({"type":"order.made","data":)" + data + more + "}";
    co_await person.manage_as(202, "POST", "/v1/events", std::move(body));
}

awaitable<json::value> wait_for_state(ApiClient& person, std::string subscription,
                                      std::string state, std::size_t count)
{
    auto path = "/v1/deliveries?subscription=" + subscription + "&state=" + state;
    auto page = co_await person.wait_for(std::move(path), [count](const json::value& list) {
        return list.at("data").as_array().size() == count;
    });
    co_return page;
}

}  // namespace katydid::test
