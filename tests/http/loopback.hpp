// What tests of both HTTP sides share: a server on a free port and a raw socket to poke at it.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/clock.hpp"
#include "hub/http/server/server.hpp"
#include "tests/support/run_coroutine.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <string>
#include <string_view>

namespace katydid::test {

using boost::asio::ip::tcp;
using namespace std::chrono_literals;

inline tcp::endpoint loopback(std::uint16_t port = 0)
{
    return {boost::asio::ip::make_address_v4("127.0.0.1"), port};
}

/// A plain client socket that writes what it is told and hands back what it gets.
/// Every wait ends after 10 s, so that a broken server fails a test and does not hang it.
class RawSocket {
public:
    explicit RawSocket(const boost::asio::any_io_executor& executor)
        : socket_{executor},
          guard_{executor}
    {}

    explicit RawSocket(tcp::socket accepted)
        : socket_{std::move(accepted)},
          guard_{socket_.get_executor()}
    {
        guard();
    }

    awaitable<> connect(tcp::endpoint endpoint)
    {
        guard();
        co_await socket_.async_connect(endpoint, asio::use_awaitable);
        socket_.set_option(tcp::no_delay{true});
    }

    awaitable<> write(std::string bytes)
    {
        co_await boost::asio::async_write(socket_, boost::asio::buffer(bytes), use_tuple);
    }

    /// Reads until the text is there, or the end. What is left over stays for the next call.
    awaitable<std::string> read_until(std::string text)
    {
        while (received_.find(text) == std::string::npos) {
            const bool more = co_await read_more();
            if (!more) break;
        }
        const auto end = received_.find(text);
        const auto size = end == std::string::npos ? received_.size() : end + text.size();
        auto result = received_.substr(0, size);
        received_.erase(0, size);
        co_return result;
    }

    /// So many bytes, fewer at the end.
    awaitable<std::string> read_bytes(std::size_t count)
    {
        while (received_.size() < count) {
            const bool more = co_await read_more();
            if (!more) break;
        }
        auto result = received_.substr(0, count);
        received_.erase(0, count);
        co_return result;
    }

    /// One answer with its Content-Length.
    awaitable<std::string> read_response()
    {
        auto head = co_await read_until("\r\n\r\n");
        const auto at = head.find("Content-Length: ");
        if (at == std::string::npos) co_return head;
        const auto length = std::stoul(head.substr(at + 16));
        while (received_.size() < length) {
            const bool more = co_await read_more();
            if (!more) break;
        }
        head += received_.substr(0, length);
        received_.erase(0, length);
        co_return head;
    }

    /// Everything up to the end of the connection.
    awaitable<std::string> read_all()
    {
        bool more = true;
        while (more) {
            const bool got = co_await read_more();
            more = got;
        }
        co_return std::exchange(received_, {});
    }

    void shut() { socket_.shutdown(tcp::socket::shutdown_send); }
    void close() { socket_.close(); }
    tcp::socket& socket() { return socket_; }

private:
    void guard()
    {
        guard_.expires_after(10s);
        guard_.async_wait([this](boost::system::error_code error) {
            if (!error) socket_.close();
        });
    }

    awaitable<bool> read_more()
    {
        std::string chunk(64 * 1024, '\0');
        const auto [error, bytes] = co_await socket_.async_read_some(boost::asio::buffer(chunk),
                                                                     use_tuple);
        received_.append(chunk, 0, bytes);
        co_return !error;
    }

    tcp::socket socket_;
    boost::asio::steady_timer guard_;
    std::string received_;
};

inline unsigned status_of(std::string_view response)
{
    if (response.size() < 12 || !response.starts_with("HTTP/1.1 ")) return 0;
    return static_cast<unsigned>(std::stoul(std::string{response.substr(9, 3)}));
}

inline std::string body_of(std::string_view response)
{
    const auto end = response.find("\r\n\r\n");
    return end == std::string_view::npos ? std::string{} : std::string{response.substr(end + 4)};
}

}  // namespace katydid::test
