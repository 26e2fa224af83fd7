#include "bench/floor/serve.hpp"

#include "hub/core/async/asio.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <cstdio>
#include <iostream>

namespace katydid::bench::floor {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;

http::response<http::string_body> make_answer(bool kept, bool keep_alive)
{
    const auto status = kept ? http::status::accepted : http::status::service_unavailable;
    http::response<http::string_body> answer{status, 11};
    answer.set(http::field::content_type, "application/json");
    answer.body() = R"({"success":true})";
    answer.keep_alive(keep_alive);
    answer.prepare_payload();
    return answer;
}

awaitable<> serve(tcp::socket socket, const Work& work)
{
    beast::tcp_stream stream{std::move(socket)};
    stream.socket().set_option(tcp::no_delay{true});
    beast::flat_buffer buffer{1 << 20};
    for (;;) {
        http::request_parser<http::string_body> parser;
        const auto [read_error, bytes] = co_await http::async_read(stream, buffer, parser,
                                                                   use_tuple);
        if (read_error) co_return;
        const bool keep_alive = parser.get().keep_alive();
        std::string body = std::move(parser.get().body());
        const bool kept = co_await work(std::move(body));
        const auto answer = make_answer(kept, keep_alive);
        const auto [write_error, written] = co_await http::async_write(stream, answer, use_tuple);
        if (write_error || !keep_alive) co_return;
    }
}

void report(const std::exception_ptr& exception)
{
    if (exception) std::cerr << "floor: " << describe(exception) << '\n';
}

awaitable<> accept(tcp::acceptor& acceptor, const Work& work)
{
    for (;;) {
        auto [error, socket] = co_await acceptor.async_accept(use_tuple);
        if (error) continue;
        const auto executor = acceptor.get_executor();
        asio::co_spawn(executor, serve(std::move(socket), work), report);
    }
}

}  // namespace

int run(int argc, char** argv, Work work)
{
    const auto port = static_cast<std::uint16_t>(argc > 1 ? std::stoul(argv[1]) : 0);
    asio::io_context loop{1};
    tcp::acceptor acceptor{loop, {asio::ip::address_v4::loopback(), port}};
    std::printf("{\"listen\":\"127.0.0.1:%u\"}\n", unsigned{acceptor.local_endpoint().port()});
    std::fflush(stdout);
    asio::co_spawn(loop, accept(acceptor, work), report);
    loop.run();
    return 0;
}

}  // namespace katydid::bench::floor
