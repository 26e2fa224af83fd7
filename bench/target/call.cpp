#include "bench/target/call.hpp"

#include "bench/load/scanner.hpp"
#include "bench/load/wire.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include <charconv>
#include <memory>
#include <stdexcept>

namespace katydid::bench {

namespace {

std::string write_request(const tcp::endpoint& target, const Call& call)
{
    std::string text = call.method + ' ' + call.path
                       + " HTTP/1.1\r\nHost: " + target.address().to_string() + ':'
                       + std::to_string(target.port()) + "\r\nConnection: close\r\n";
    for (const auto& [name, value] : call.headers) text += name + ": " + value + "\r\n";
    return text + "Content-Length: " + std::to_string(call.body.size()) + "\r\n\r\n" + call.body;
}

/// Closes the socket when time is up, unless it is destroyed first.
class Alarm {
public:
    Alarm(tcp::socket& socket, std::chrono::nanoseconds timeout)
        : rang_{std::make_shared<bool>(false)},
          timer_{socket.get_executor(), timeout}
    {
        timer_.async_wait([rang = rang_, &socket](auto error) {
            if (error || rang.use_count() < 2) return;
            *rang = true;
            boost::system::error_code ignored;
            socket.close(ignored);
        });
    }
    [[nodiscard]] bool rang() const { return *rang_; }

private:
    std::shared_ptr<bool> rang_;  ///< held by the timer too: alone there means we are gone
    asio::steady_timer timer_;
};

awaitable<result<Answer>> read_answer(tcp::socket& socket)
{
    InputBuffer buffer;
    MessageScanner scanner;
    for (;;) {
        const auto space = buffer.space(scanner.size_wanted());
        const auto [error, count] = co_await socket.async_read_some(space, use_tuple);
        buffer.commit(count);
        const auto progress = error ? scanner.end_of_stream() : scanner.scan(buffer.view());
        if (progress == MessageScanner::Progress::broken)
            co_return Error{errc::protocol_error, "no whole answer: " + error.message()};
        if (progress == MessageScanner::Progress::more) continue;
        co_return Answer{scanner.status(), scanner.body(buffer.view())};
    }
}

}  // namespace

awaitable<result<Answer>> make_call(const tcp::endpoint& target, const Call& call,
                                    std::chrono::nanoseconds timeout)
{
    const auto executor = co_await asio::this_coro::executor;
    tcp::socket socket{executor};
    const Alarm alarm{socket, timeout};
    const auto [connect_error] = co_await socket.async_connect(target, use_tuple);
    if (connect_error)
        co_return Error{errc::connect_failed, "cannot connect: " + connect_error.message()};
    const auto request = write_request(target, call);
    const auto [write_error, written] = co_await asio::async_write(socket, asio::buffer(request),
                                                                   use_tuple);
    if (write_error)
        co_return Error{errc::connection_closed, "cannot send: " + write_error.message()};
    auto answer = co_await read_answer(socket);
    if (alarm.rang())
        co_return Error{errc::timed_out, "no answer in time to " + call.method + ' ' + call.path};
    co_return answer;
}

tcp::endpoint parse_address(std::string_view text)
{
    constexpr std::string_view scheme = "http://";
    if (text.starts_with(scheme)) text.remove_prefix(scheme.size());
    text = text.substr(0, text.find('/'));
    const auto colon = text.rfind(':');
    unsigned short port = 0;
    if (colon != text.npos) {
        const auto digits = text.substr(colon + 1);
        std::from_chars(digits.data(), digits.data() + digits.size(), port);
    }
    boost::system::error_code error;
    const auto address = asio::ip::make_address(std::string{text.substr(0, colon)}, error);
    if (error || port == 0)
        throw std::invalid_argument{"not an address: \"" + std::string{text}
                                    + "\" (write 127.0.0.1:8080)"};
    return {address, port};
}

}  // namespace katydid::bench
