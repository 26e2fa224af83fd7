#include "hub/http/server.hpp"

#include "hub/core/error.hpp"

#include "tests/http/loopback.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <vector>

using namespace katydid;
using namespace katydid::http;
using namespace katydid::test;

namespace {

struct Observer final : ServerObserver {
    void on_open(const Peer&) override { ++opened; }
    void on_close(const Peer&) override { ++closed; }
    void on_response(const Request&, std::string_view pattern, unsigned status,
                     std::chrono::nanoseconds) override
    {
        answered.push_back(std::string{pattern} + " " + std::to_string(status));
    }
    void on_refused(const Peer&, unsigned status, std::string_view why) override
    {
        refused.push_back(status);
        last_why = why;
    }
    void on_exception(const Request&, std::string_view what) override { exception = what; }

    int opened = 0;
    int closed = 0;
    std::vector<std::string> answered;
    std::vector<unsigned> refused;
    std::string last_why;
    std::string exception;
};

Route route(std::string method, std::string pattern,
            std::function<awaitable<Response>(Request&)> handle)
{
    Route made;
    made.method = std::move(method);
    made.pattern = std::move(pattern);
    made.handle = std::move(handle);
    return made;
}

awaitable<Response> echo(Request& request)
{
    co_return Response::text(200, std::move(request.body));
}

/// A server with a few routes, its loop and its observer.
struct Fixture {
    Fixture()
    {
        router.add(route("GET", "/hello", [](Request&) -> awaitable<Response> {
            co_return Response::text(200, "hello");
        }));
        router.add(route("POST", "/echo", echo));
        auto small = route("POST", "/small", echo);
        small.body_bytes_max = 10;
        router.add(std::move(small));
        router.add(route("GET", "/throws", [](Request&) -> awaitable<Response> {
            throw std::runtime_error{"secret detail"};
            co_return Response{};
        }));
        router.add(route("GET", "/unsafe", [](Request&) -> awaitable<Response> {
            co_return Response::text(200, "x").with("X", "a\r\nEvil: b");
        }));
        router.add(route("GET", "/empty", [](Request&) -> awaitable<Response> {
            co_return Response{.status = 204, .content_type = {}, .headers = {}, .body = {}};
        }));
        auto guarded = route("POST", "/guarded", echo);
        guarded.admit = [](const Request& head) -> std::optional<Response> {
            if (head.header("x-key") == "good") return std::nullopt;
            return Response::plain_error(401, "no");
        };
        router.add(std::move(guarded));
        router.add(route("GET", "/wait", [this](Request&) -> awaitable<Response> {
            ++waiting;
            gate.expires_at(std::chrono::steady_clock::time_point::max());
            co_await gate.async_wait(use_tuple);
            co_return Response::text(200, "waited");
        }));
        router.set_error_body("/small", [](unsigned status, std::string_view) {
            return Response::plain_error(status, "small error");
        });
    }

    /// Runs the body against a fresh server, then drains it.
    void run(std::function<awaitable<>(Server&)> body, ServerOptions options = {})
    {
        run_coroutine(loop, [&]() -> awaitable<> {
            Server server{loop.get_executor(), loopback(), router, options, &observer};
            server.start();
            co_await body(server);
            co_await server.drain(Deadline::after(5s));
            BOOST_TEST(server.open_connections() == 0U);
        });
    }

    /// One request on a connection of its own; everything that came back.
    awaitable<std::string> ask(Server& server, std::string bytes)
    {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        co_await client.write(std::move(bytes));
        auto answer = co_await client.read_response();
        co_return answer;
    }

    boost::asio::io_context loop{1};
    Router router;
    Observer observer;
    boost::asio::steady_timer gate{loop};
    int waiting = 0;
};

std::string post(const std::string& path, const std::string& body, const std::string& fields = "")
{
    return "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + fields
           + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

constexpr const char* get_hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(http_server, Fixture)

// Goal: a plain request gets its answer with the fields every answer has.
BOOST_AUTO_TEST_CASE(answers_a_request)
{
    run([this](Server& server) -> awaitable<> {
        const auto answer = co_await ask(server, get_hello);
        BOOST_TEST(answer.starts_with("HTTP/1.1 200 OK\r\nDate: "));
        const auto* fields = " GMT\r\nContent-Type: text/plain; charset=utf-8\r\n";
        BOOST_TEST(answer.find(fields) != answer.npos);
        BOOST_TEST(answer.find("Content-Length: 5\r\n") != answer.npos);
        BOOST_TEST(answer.find("Connection") == answer.npos);
        BOOST_TEST(body_of(answer) == "hello");
    });
    BOOST_TEST(observer.answered == std::vector<std::string>{"/hello 200"},
               boost::test_tools::per_element());
    BOOST_TEST(observer.opened == 1);
    BOOST_TEST(observer.closed == 1);
}

// Goal: a connection serves one request after the other, and closes when asked.
BOOST_AUTO_TEST_CASE(keeps_alive_until_asked_to_close)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        for (int i = 0; i < 3; ++i) {
            co_await client.write(post("/echo", "body " + std::to_string(i)));
            const auto answer = co_await client.read_response();
            BOOST_TEST(body_of(answer) == "body " + std::to_string(i));
        }
        co_await client.write("GET /hello HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        const auto last = co_await client.read_all();
        BOOST_TEST(last.find("Connection: close\r\n") != last.npos);
        BOOST_TEST(last.ends_with("hello"));
    });
    BOOST_TEST(observer.opened == 1);
}

// Goal: HTTP/1.0 is answered and closed, and kept alive only when it asks.
BOOST_AUTO_TEST_CASE(http10)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket plain{loop.get_executor()};
        co_await plain.connect(server.local_endpoint());
        co_await plain.write("GET /hello HTTP/1.0\r\n\r\n");
        const auto answer = co_await plain.read_all();
        BOOST_TEST(answer.find("Connection: close\r\n") != answer.npos);

        RawSocket kept{loop.get_executor()};
        co_await kept.connect(server.local_endpoint());
        for (int i = 0; i < 2; ++i) {
            co_await kept.write("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            const auto again = co_await kept.read_response();
            BOOST_TEST(again.find("Connection: keep-alive\r\n") != again.npos);
        }
    });
}

// Goal: pipelined requests are answered in order, whatever the pieces they come in.
BOOST_AUTO_TEST_CASE(pipelines_in_order)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        std::string bytes;
        for (int i = 0; i < 100; ++i) bytes += post("/echo", std::string(1'000, 'a')
            + std::to_string(i));
        bytes += get_hello;
        co_await client.write(bytes);
        for (int i = 0; i < 100; ++i) {
            const auto answer = co_await client.read_response();
            BOOST_TEST(body_of(answer) == std::string(1'000, 'a') + std::to_string(i));
        }
        const auto last = co_await client.read_response();
        BOOST_TEST(body_of(last) == "hello");
    });
}

// Goal: a request written byte by byte over a real socket is understood.
BOOST_AUTO_TEST_CASE(byte_by_byte)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        for (const char c : post("/echo", "hi", "X-A: b\r\n")) {
            const std::string byte(1, c);
            co_await client.write(byte);
        }
        const auto answer = co_await client.read_response();
        BOOST_TEST(body_of(answer) == "hi");
    });
}

// Goal: HEAD has GET's head and no body; OPTIONS * names the methods; 204 has no length.
BOOST_AUTO_TEST_CASE(head_options_and_empty)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        co_await client.write("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto head = co_await client.read_until("\r\n\r\n");
        BOOST_TEST(head.find("Content-Length: 5\r\n") != head.npos);
        co_await client.write("GET /empty HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto empty = co_await client.read_until("\r\n\r\n");
        BOOST_TEST(status_of(empty) == 204U);
        BOOST_TEST(empty.find("Content-") == empty.npos);
        co_await client.write("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto options = co_await client.read_until("\r\n\r\n");
        BOOST_TEST(status_of(options) == 204U);
        co_await client.write(get_hello);
        const auto hello = co_await client.read_response();
        BOOST_TEST(body_of(hello) == "hello");
    });
}

// Goal: requests no route answers get 404 or 405 with Allow, in the body of their prefix.
BOOST_AUTO_TEST_CASE(no_route)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        co_await client.write(post("/nothing", "small body"));
        const auto missing = co_await client.read_response();
        BOOST_TEST(status_of(missing) == 404U);
        BOOST_TEST(missing.find("application/problem+json") != missing.npos);
        co_await client.write("GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto wrong = co_await client.read_response();
        BOOST_TEST(status_of(wrong) == 405U);
        BOOST_TEST(wrong.find("Allow: POST\r\n") != wrong.npos);
        BOOST_TEST(body_of(wrong) == R"({"error":"small error"})");
        co_await client.write(post("/hello", "x"));
        const auto get_only = co_await client.read_response();
        BOOST_TEST(get_only.find("Allow: GET, HEAD\r\n") != get_only.npos);
    });
    BOOST_TEST(observer.opened == 1);  // the connection lived through all of it
}

// Goal: a body over the route's limit is refused from its head alone, and the client reads why.
BOOST_AUTO_TEST_CASE(declared_body_too_large)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        co_await client.write(
            "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\nab");
        const auto answer = co_await client.read_response();
        BOOST_TEST(status_of(answer) == 413U);
        BOOST_TEST(body_of(answer) == R"({"error":"small error"})");
        co_await client.write(std::string(200'000, 'x'));  // still sending: no reset, just the end
        client.shut();
        const auto rest = co_await client.read_all();
        BOOST_TEST(rest.empty());
    });
    BOOST_TEST(observer.refused == std::vector<unsigned>{413}, boost::test_tools::per_element());
}

// Goal: a chunked body over the limit is refused in the middle, not truncated.
BOOST_AUTO_TEST_CASE(chunked_body_too_large)
{
    run([this](Server& server) -> awaitable<> {
        const auto answer = co_await ask(
            server, "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "8\r\n12345678\r\n8\r\n12345678\r\n");
        BOOST_TEST(status_of(answer) == 413U);
        const auto exact = co_await ask(
            server, "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "a\r\n0123456789\r\n0\r\n\r\n");
        BOOST_TEST(body_of(exact) == "0123456789");
    });
}

// Goal: 100 is sent only behind admit(), and only to a client that waits for it.
BOOST_AUTO_TEST_CASE(expect_continue)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        co_await client.write("POST /guarded HTTP/1.1\r\nHost: a\r\nX-Key: good\r\n"
                              "Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
        const auto interim = co_await client.read_until("\r\n\r\n");
        BOOST_TEST(interim == "HTTP/1.1 100 Continue\r\n\r\n");
        co_await client.write("hello");
        const auto answer = co_await client.read_response();
        BOOST_TEST(body_of(answer) == "hello");

        const auto at_once = co_await ask(
            server, post("/guarded", "hello", "X-Key: good\r\nExpect: 100-continue\r\n"));
        BOOST_TEST(status_of(at_once) == 200U);

        RawSocket refused{loop.get_executor()};
        co_await refused.connect(server.local_endpoint());
        co_await refused.write("POST /guarded HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                               "Expect: 100-continue\r\n\r\n");
        const auto no = co_await refused.read_response();
        BOOST_TEST(status_of(no) == 401U);
        BOOST_TEST(no.find("Connection: close\r\n") != no.npos);

        const auto other = co_await ask(server, post("/echo", "x", "Expect: something\r\n"));
        BOOST_TEST(status_of(other) == 417U);
    });
}

// Goal: what admit() refuses costs no body, but a small one is skipped to keep the connection.
BOOST_AUTO_TEST_CASE(admit_refuses)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        co_await client.write(post("/guarded", "small"));
        const auto no = co_await client.read_response();
        BOOST_TEST(status_of(no) == 401U);
        co_await client.write(post("/guarded", "small", "X-Key: good\r\n"));
        const auto yes = co_await client.read_response();
        BOOST_TEST(body_of(yes) == "small");
        co_await client.write(
            "POST /guarded HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n");
        const auto large = co_await client.read_response();
        BOOST_TEST(status_of(large) == 401U);
        BOOST_TEST(large.find("Connection: close\r\n") != large.npos);
    });
}

// Goal: a Content-Encoding is refused unless the route takes it.
BOOST_AUTO_TEST_CASE(content_encoding)
{
    run([this](Server& server) -> awaitable<> {
        const auto gzip = co_await ask(server, post("/echo", "x", "Content-Encoding: gzip\r\n"));
        BOOST_TEST(status_of(gzip) == 415U);
        const auto identity = co_await ask(server, post("/echo", "x",
            "Content-Encoding: identity\r\n"));
        BOOST_TEST(status_of(identity) == 200U);
    });
}

// Goal: framing errors are answered, counted and end the connection.
BOOST_AUTO_TEST_CASE(framing_errors_close)
{
    run([this](Server& server) -> awaitable<> {
        struct Row {
            unsigned status;
            std::string bytes;
        };
        const std::vector<Row> rows{
            {400, "GET / HTTP/1.1\r\n\r\n"},
            {400, "GET / HTTP/1.1\nHost: a\n\n"},
            {400, post("/echo", "0\r\n\r\n", "Transfer-Encoding: chunked\r\n")},
            {400, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"},
            {411, "POST /echo HTTP/1.1\r\nHost: a\r\n\r\n"},
            {414, "GET /" + std::string(9'000, 'a')},
            {431, "GET / HTTP/1.1\r\nX: " + std::string(17'000, 'a')},
            {501, "BREW / HTTP/1.1\r\nHost: a\r\n\r\n"},
            {505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
        };
        for (const auto& row : rows) {
            RawSocket client{loop.get_executor()};
            co_await client.connect(server.local_endpoint());
            co_await client.write(row.bytes);
            client.shut();
            const auto answer = co_await client.read_all();
            BOOST_TEST(status_of(answer) == row.status, row.bytes.substr(0, 60));
            BOOST_TEST(answer.find("Connection: close\r\n") != answer.npos);
        }
        RawSocket tls{loop.get_executor()};
        co_await tls.connect(server.local_endpoint());
        co_await tls.write(std::string{"\x16\x03\x01\x02\x00\x01\x00", 7});
        const auto nothing = co_await tls.read_all();
        BOOST_TEST(nothing.empty());
    });
    BOOST_TEST(observer.refused.size() == 9U);
}

// Goal: an exception in a route is a 500 that tells the client nothing and the operator all.
BOOST_AUTO_TEST_CASE(route_throws)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket client{loop.get_executor()};
        co_await client.connect(server.local_endpoint());
        co_await client.write("GET /throws HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto answer = co_await client.read_response();
        BOOST_TEST(status_of(answer) == 500U);
        BOOST_TEST(answer.find("secret") == answer.npos);
        co_await client.write(get_hello);
        const auto next = co_await client.read_response();
        BOOST_TEST(status_of(next) == 200U);
    });
    BOOST_TEST(observer.exception == "secret detail");
}

// Goal: a route cannot split a response.
BOOST_AUTO_TEST_CASE(unsafe_response_header)
{
    run([this](Server& server) -> awaitable<> {
        const auto answer = co_await ask(server, "GET /unsafe HTTP/1.1\r\nHost: a\r\n\r\n");
        BOOST_TEST(status_of(answer) == 500U);
        BOOST_TEST(answer.find("Evil") == answer.npos);
    });
}

// Goal: a slow head and a slow body get a 408, an idle connection a silent end.
BOOST_AUTO_TEST_CASE(deadlines)
{
    ServerOptions options;
    options.head_timeout = 50ms;
    options.idle_timeout = 50ms;
    options.body_grace = 50ms;
    run(
        [this](Server& server) -> awaitable<> {
            RawSocket head{loop.get_executor()};
            co_await head.connect(server.local_endpoint());
            co_await head.write("GET /hel");
            const auto slow_head = co_await head.read_all();
            BOOST_TEST(status_of(slow_head) == 408U);

            RawSocket body{loop.get_executor()};
            co_await body.connect(server.local_endpoint());
            co_await body.write("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
            const auto slow_body = co_await body.read_all();
            BOOST_TEST(status_of(slow_body) == 408U);

            RawSocket idle{loop.get_executor()};
            co_await idle.connect(server.local_endpoint());
            co_await idle.write(get_hello);
            const auto answer = co_await idle.read_response();
            BOOST_TEST(status_of(answer) == 200U);
            const auto end = co_await idle.read_all();
            BOOST_TEST(end.empty());
        },
        options);
}

// Goal: over the cap a connection is turned away, and the others live.
BOOST_AUTO_TEST_CASE(connection_cap)
{
    ServerOptions options;
    options.connections_max = 1;
    run(
        [this](Server& server) -> awaitable<> {
            RawSocket first{loop.get_executor()};
            co_await first.connect(server.local_endpoint());
            co_await first.write(get_hello);
            const auto served = co_await first.read_response();
            BOOST_TEST(status_of(served) == 200U);
            RawSocket second{loop.get_executor()};
            co_await second.connect(server.local_endpoint());
            const auto away = co_await second.read_all();
            BOOST_TEST(status_of(away) == 503U);
            BOOST_TEST(away.find("Retry-After: 1\r\n") != away.npos);
            co_await first.write(get_hello);
            const auto again = co_await first.read_response();
            BOOST_TEST(status_of(again) == 200U);
        },
        options);
}

// Goal: a drain answers what is under way with Connection: close and ends idle connections at once.
BOOST_AUTO_TEST_CASE(drain_finishes_what_is_under_way)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket idle{loop.get_executor()};
        co_await idle.connect(server.local_endpoint());
        co_await idle.write(get_hello);
        co_await idle.read_response();
        RawSocket busy{loop.get_executor()};
        co_await busy.connect(server.local_endpoint());
        co_await busy.write("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
        while (waiting == 0) co_await asio::post(loop, asio::use_awaitable);
        asio::co_spawn(loop, server.drain(Deadline::after(5s)), [](std::exception_ptr) {});
        const auto end = co_await idle.read_all();
        BOOST_TEST(end.empty());
        BOOST_TEST(server.open_connections() == 1U);
        gate.cancel();
        const auto answer = co_await busy.read_all();
        BOOST_TEST(answer.ends_with("waited"));
        BOOST_TEST(answer.find("Connection: close\r\n") != answer.npos);
        busy.close();
    });
}

// Goal: at the deadline of a drain a route that never ends is cut.
BOOST_AUTO_TEST_CASE(drain_cuts_at_its_deadline)
{
    run([this](Server& server) -> awaitable<> {
        RawSocket busy{loop.get_executor()};
        co_await busy.connect(server.local_endpoint());
        co_await busy.write("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
        while (waiting == 0) co_await asio::post(loop, asio::use_awaitable);
        co_await server.drain(Deadline::after(20ms));
        BOOST_TEST(server.open_connections() == 0U);
        const auto answer = co_await busy.read_all();
        BOOST_TEST(answer.empty());
    });
    BOOST_TEST(observer.closed == observer.opened);
}

// Goal: a client that goes away at any moment leaves nothing behind.
BOOST_AUTO_TEST_CASE(clients_that_go_away)
{
    run([this](Server& server) -> awaitable<> {
        const auto half = post("/echo", std::string(900, 'a')).substr(0, 500);
        for (const auto& bytes : {std::string{}, std::string{"GET /he"}, half}) {
            RawSocket client{loop.get_executor()};
            co_await client.connect(server.local_endpoint());
            co_await client.write(bytes);
            client.close();
        }
    });
    BOOST_TEST(observer.closed == observer.opened);
}

// Goal: an address that is taken is refused at start with its name.
BOOST_AUTO_TEST_CASE(address_in_use)
{
    run([this](Server& server) -> awaitable<> {
        BOOST_CHECK_EXCEPTION((Server{loop.get_executor(), server.local_endpoint(), router, {}}),
            Failure,
                              [](const Failure& failure) {
                                  return std::string{failure.what()}.starts_with(
                                      "cannot listen on 127.0.0.1:");
                              });
        co_return;
    });
}

BOOST_AUTO_TEST_SUITE_END()
