// Works off a stream subscription with Boost.Beast, no public address and none of Katydid's code
// needed.
//
//   g++ -std=c++20 -O2 consume.cpp -o consume -lboost_json -lpthread
//   KATYDID_API_KEY=kd_live_… ./consume 127.0.0.1 8080 work
//
// A delivery that handle() returns from is acknowledged; one that it throws on comes again.
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/json.hpp>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace json = boost::json;
namespace websocket = beast::websocket;
using WebSocket = websocket::stream<beast::tcp_stream>;

namespace {

/// Your work.
void handle(const json::object& event, const std::string& payload)
{
    std::cout << event.at("type").as_string() << ' ' << event.at("id").as_string() << ' ' << payload
              << std::endl;
}

struct Options {
    std::string host;
    std::string port;
    std::string subscription;
    std::string key;
    long count = -1;  ///< ends after so many deliveries; below 0: never
};

/// Waits for what `start` begins: Beast keeps time only for what is asynchronous.
template <typename Start>
beast::error_code wait_for(asio::io_context& io, Start start)
{
    beast::error_code result = asio::error::would_block;
    start([&result](beast::error_code error, std::size_t = 0) { result = error; });
    io.restart();
    while (result == asio::error::would_block) io.run_one();
    return result;
}

void connect(WebSocket& socket, asio::io_context& io, const Options& options)
{
    asio::ip::tcp::resolver resolver{io};
    beast::get_lowest_layer(socket).connect(resolver.resolve(options.host, options.port));
    // A hub that vanished closes nothing: who hears nothing pings, and gives up.
    auto timeouts = websocket::stream_base::timeout::suggested(beast::role_type::client);
    timeouts.idle_timeout = std::chrono::seconds{30};
    timeouts.keep_alive_pings = true;
    socket.set_option(timeouts);
    socket.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
        request.set(beast::http::field::authorization, "Bearer " + options.key);
        request.set(beast::http::field::sec_websocket_protocol, "katydid.v1");
    }));
    const auto host = options.host + ':' + options.port;
    const auto target = "/v1/subscriptions/" + options.subscription + "/consume?credit=1";
    const auto error = wait_for(
        io, [&](auto done) { socket.async_handshake(host, target, std::move(done)); });
    if (error) throw boost::system::system_error{error};
}

std::string from_base64(const json::string& coded)
{
    const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    unsigned bits = 0;
    int count = 0;
    for (const char digit : coded) {
        const auto value = digits.find(digit);
        if (value == std::string::npos) break;  // the padding
        bits = bits << 6U | static_cast<unsigned>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>(bits >> static_cast<unsigned>(count) & 0xffU);
    }
    return bytes;
}

/// The exact bytes: they come as a text, or in base64 where they are no UTF-8.
std::string payload_of(const json::object& frame)
{
    const auto* text = frame.if_contains("payload");
    if (text != nullptr) return std::string{text->as_string()};
    return from_base64(frame.at("payload_base64").as_string());
}

json::object answer_to(const json::object& frame)
{
    json::object answer{{"type", "ack"}, {"delivery", frame.at("delivery")}};
    try {
        handle(frame.at("event").as_object(), payload_of(frame));
    } catch (const std::exception& error) {  // the hub shows the reason and tries again
        answer["type"] = "nack";
        answer["reason"] = std::string{error.what()}.substr(0, 500);
    }
    return answer;
}

/// One connection, from its opening to its end. Returns how many deliveries were answered.
long consume(const Options& options, long left)
{
    asio::io_context io;
    WebSocket socket{io};
    connect(socket, io, options);
    beast::flat_buffer buffer;
    for (long done = 0;; buffer.clear()) {
        if (done == left) {
            wait_for(io, [&](auto closed) {
                socket.async_close(websocket::close_code::normal, std::move(closed));
            });
            return done;
        }
        auto error = wait_for(io, [&](auto heard) { socket.async_read(buffer, std::move(heard)); });
        if (error == websocket::error::closed && socket.reason().code >= 4400)
            throw std::runtime_error{"the hub closed: "
                                     + std::string{socket.reason().reason.c_str()}};
        if (error) return done;
        const auto frame = json::parse(beast::buffers_to_string(buffer.data())).as_object();
        const auto& type = frame.at("type").as_string();
        if (type == "error") std::cerr << "the hub says: " << frame.at("detail") << '\n';
        if (type != "delivery") continue;
        const auto answer = json::serialize(answer_to(frame));
        error = wait_for(
            io, [&](auto said) { socket.async_write(asio::buffer(answer), std::move(said)); });
        if (error) return done;
        ++done;
    }
}

}  // namespace

int main(int argc, char** argv)
{
    const char* key = std::getenv("KATYDID_API_KEY");
    if (argc < 4 || key == nullptr) {
        std::cerr << "KATYDID_API_KEY=… consume HOST PORT SUBSCRIPTION [COUNT]\n";
        return 2;
    }
    const Options options{argv[1], argv[2], argv[3], key, argc > 4 ? std::atol(argv[4]) : -1};
    for (long done = 0; done != options.count;) {
        try {
            done += consume(options, options.count - done);
        } catch (const boost::system::system_error& error) {  // not there at the moment
            std::cerr << error.code().message() << '\n';
            std::this_thread::sleep_for(std::chrono::seconds{1});
        } catch (const std::exception& error) {
            std::cerr << error.what() << '\n';
            return 1;
        }
    }
    return 0;
}
