// A consumer over a real socket: Beast's WebSocket, or bytes by hand.
#pragma once

#include "tests/hub/running_hub.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/json.hpp>

#include <memory>
#include <string>

namespace katydid::test {

/// Connected as a consumer until it goes.
class ConsumerClient {
public:
    ConsumerClient();
    ~ConsumerClient();
    ConsumerClient(ConsumerClient&&) noexcept;
    ConsumerClient& operator=(ConsumerClient&&) noexcept;

    /// The status of the handshake: 101 when it is connected.
    awaitable<unsigned> connect(ApiClient person, std::string path,
                                std::string protocol = "katydid.v1");
    /// Before connect().
    void offer_compression() { offers_compression_ = true; }
    /// Whether the hub agreed to it.
    [[nodiscard]] bool is_compressed() const noexcept { return is_compressed_; }
    /// The next frame. Throws when none comes within 20 s; null when the connection ended: see
    /// close_code().
    awaitable<boost::json::value> next();
    /// The next frame of that type; others are passed over.
    awaitable<boost::json::value> next(std::string type);
    awaitable<> say(std::string text, bool binary = false);
    /// Part of a message, which `is_last` ends.
    awaitable<> say_part(std::string text, bool is_last);
    awaitable<> ack(std::string delivery);
    awaitable<> close();
    /// As when the machine is gone: no closing handshake.
    void cut();

    [[nodiscard]] unsigned close_code() const;
    [[nodiscard]] std::string close_reason() const;

private:
    struct State;
    std::unique_ptr<State> state_;
    bool offers_compression_ = false;
    bool is_compressed_ = false;
};

/// A TCP connection to the hub.
awaitable<asio::ip::tcp::socket> connect_to(const ApiClient& person);

/// The request for a stream of events (SSE).
std::string event_stream_request(const ApiClient& person, const std::string& target,
                                 const std::string& more_headers = {});

/// Reads until `enough` came.
awaitable<std::string> read_until(asio::ip::tcp::socket& socket, std::string enough);

/// Sends the bytes and reads until the hub closes or `enough` came.
awaitable<std::string> exchange_bytes(const ApiClient& person, std::string bytes,
                                      std::string enough = {});

/// A stream subscription to `order.*`. Returns its id.
awaitable<std::string> make_stream(ApiClient& person, std::string name, std::string more = {});
/// An event order.made with these data.
awaitable<> publish(ApiClient& person, std::string data, std::string more = {});
/// Waits until so many deliveries of the subscription are in the state.
awaitable<boost::json::value> wait_for_state(ApiClient& person, std::string subscription,
                                             std::string state, std::size_t count);

}  // namespace katydid::test
