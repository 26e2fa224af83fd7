// A server with a few routes, and what its tests ask it.
#pragma once

#include "hub/core/error.hpp"
#include "hub/http/server/server.hpp"
#include "tests/http/loopback.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <vector>

namespace katydid::test {

/// Remembers what a server tells.
struct RecordingObserver final : http::ServerObserver {
    void on_open(const http::Peer&) override { ++opened; }
    void on_close(const http::Peer&) override { ++closed; }
    void on_response(const http::Request&, const http::Route* route, unsigned status,
                     std::chrono::nanoseconds) override
    {
        const auto pattern = route != nullptr ? route->pattern : std::string{};
        answered.push_back(pattern + " " + std::to_string(status));
    }
    void on_refused(const http::Peer&, unsigned status, std::string_view why) override
    {
        refused.push_back(status);
        last_why = why;
    }
    void on_exception(const http::Request&, const http::Route*, std::string_view what) override
    {
        exception = what;
    }

    int opened = 0;
    int closed = 0;
    std::vector<std::string> answered;
    std::vector<unsigned> refused;
    std::string last_why;
    std::string exception;
};

inline http::Route route(std::string method, std::string pattern,
                         std::function<awaitable<http::Response>(http::Request&)> handle)
{
    http::Route made;
    made.method = std::move(method);
    made.pattern = std::move(pattern);
    made.handle = std::move(handle);
    return made;
}

inline awaitable<http::Response> echo(http::Request& request)
{
    co_return http::Response::text(200, std::move(request.body));
}

/// A server with a few routes, its loop and its observer.
struct ServerFixture {
    ServerFixture()
    {
        router.add(route("GET", "/hello", [](http::Request&) -> awaitable<http::Response> {
            co_return http::Response::text(200, "hello");
        }));
        router.add(route("POST", "/echo", echo));
        auto small = route("POST", "/small", echo);
        small.body_bytes_max = 10;
        router.add(std::move(small));
        router.add(route("GET", "/throws", [](http::Request&) -> awaitable<http::Response> {
            throw std::runtime_error{"secret detail"};
            co_return http::Response{};
        }));
        router.add(route("GET", "/unsafe", [](http::Request&) -> awaitable<http::Response> {
            co_return http::Response::text(200, "x").with("X", "a\r\nEvil: b");
        }));
        router.add(route("GET", "/empty", [](http::Request&) -> awaitable<http::Response> {
            co_return http::Response{.status = 204, .content_type = {}, .headers = {}, .body = {}};
        }));
        auto guarded = route("POST", "/guarded", echo);
        guarded.admit = [](const http::Request& head) -> std::optional<http::Response> {
            if (head.header("x-key") == "good") return std::nullopt;
            return http::Response::plain_error(401, "no");
        };
        router.add(std::move(guarded));
        router.add(route("GET", "/wait", [this](http::Request&) -> awaitable<http::Response> {
            ++waiting;
            gate.expires_at(std::chrono::steady_clock::time_point::max());
            co_await gate.async_wait(use_tuple);
            co_return http::Response::text(200, "waited");
        }));
        router.set_error_body("/small", [](unsigned status, std::string_view) {
            return http::Response::plain_error(status, "small error");
        });
    }

    /// Runs the body against a fresh server, then drains it.
    void run(std::function<awaitable<>(http::Server&)> body, http::ServerOptions options = {})
    {
        run_coroutine(loop, [&]() -> awaitable<> {
            http::Server server{loop.get_executor(), loopback(), router, options, &observer};
            server.start();
            co_await body(server);
            co_await server.drain(Deadline::after(5s));
            BOOST_TEST(server.open_connections() == 0U);
        });
    }

    /// One request on a connection of its own; everything that came back.
    awaitable<std::string> ask(http::Server& server, std::string bytes)
    {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        co_await client.write(std::move(bytes));
        auto answer = co_await client.read_response();
        co_return answer;
    }

    boost::asio::io_context loop{1};
    http::Router router;
    RecordingObserver observer;
    boost::asio::steady_timer gate{loop};
    int waiting = 0;
};

inline std::string post(const std::string& path, const std::string& body,
                        const std::string& fields = "")
{
    return "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + fields
           + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

constexpr const char* get_hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

/// Over a limit of one connection the second is turned away in words, and the first lives on.
inline awaitable<> second_is_turned_away(http::Server& server, std::string request)
{
    const auto executor = co_await asio::this_coro::executor;
    RawSocket first{executor};
    co_await first.connect(server.local_endpoint());
    co_await first.write(request);
    const auto served = co_await first.read_response();
    BOOST_TEST(status_of(served) == 200U);
    RawSocket second{executor};
    co_await second.connect(server.local_endpoint());
    const auto away = co_await second.read_all();
    BOOST_TEST(status_of(away) == 503U);
    BOOST_TEST(away.find("Retry-After: 1\r\n") != away.npos);
    co_await first.write(request);
    const auto again = co_await first.read_response();
    BOOST_TEST(status_of(again) == 200U);
}

}  // namespace katydid::test
