// Connections' ends: deadlines, caps, drains.
#include "tests/http/server/server_fixture.hpp"

using namespace katydid;
using namespace katydid::http;
using namespace katydid::test;

BOOST_FIXTURE_TEST_SUITE(http_server_life, ServerFixture)

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

// Goal: a connection that is idle for a while gives its buffers back, and is served as before; the
// idle timeout and a drain end it.
BOOST_AUTO_TEST_CASE(idle_connection_rests)
{
    ServerOptions options;
    options.rest_after = 1ms;
    options.idle_timeout = 500ms;
    run(
        [this](Server& server) -> awaitable<> {
            RawSocket client{loop.get_executor()};
            co_await client.connect(server.local_endpoint());
            for (int i = 0; i < 3; ++i) {
                co_await client.write(post("/echo", "said"));
                const auto answer = co_await client.read_response();
                BOOST_TEST(answer.ends_with("said"));
                while (server.resting_connections() == 0)
                    co_await asio::post(loop, asio::use_awaitable);
            }
            const auto end = co_await client.read_all();
            BOOST_TEST(end.empty());
            BOOST_TEST(server.resting_connections() == 0U);

            RawSocket drained{loop.get_executor()};
            co_await drained.connect(server.local_endpoint());
            co_await drained.write(get_hello);
            co_await drained.read_response();
            while (server.resting_connections() == 0)
                co_await asio::post(loop, asio::use_awaitable);
            co_await server.drain(Deadline::after(5s));
            const auto closed = co_await drained.read_all();
            BOOST_TEST(closed.empty());
        },
        options);
}

// Goal: what came fast is no credit for holding the rest back: a body that stalls ends soon.
BOOST_AUTO_TEST_CASE(a_body_that_stalls_ends)
{
    ServerOptions options;
    options.body_grace = 50ms;
    options.body_rate_min = 1;
    run(
        [this](Server& server) -> awaitable<> {
            RawSocket body{loop.get_executor()};
            co_await body.connect(server.local_endpoint());
            co_await body.write("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\n\r\n"
                                + std::string(100'000, 'x'));
            const auto answer = co_await body.read_all();  // the test's own deadline is far shorter
            BOOST_TEST(status_of(answer) == 408U);
        },
        options);
}

// Goal: over the cap a connection is turned away, and the others live.
BOOST_AUTO_TEST_CASE(connection_cap)
{
    ServerOptions options;
    options.connections_max = 1;
    run([](Server& server) { return second_is_turned_away(server, get_hello); }, options);
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
                              Failure, [](const Failure& failure) {
                                  return std::string{failure.what()}.starts_with(
                                      "cannot listen on 127.0.0.1:");
                              });
        co_return;
    });
}

BOOST_AUTO_TEST_SUITE_END()
