// Requests and the connections they go over.
#include "tests/http/client/client_fixture.hpp"

using namespace katydid;
using namespace katydid::http;
using namespace katydid::test;

BOOST_FIXTURE_TEST_SUITE(http_client, ClientFixture)

// Goal: the request on the wire is exactly what was meant, and the answer comes back whole.
BOOST_AUTO_TEST_CASE(sends_and_reads)
{
    std::string seen;
    RawServer server{loop, [&](RawSocket& socket, int) -> awaitable<> {
                         auto request = co_await socket.read_until("{\"a\":1}");
                         seen = std::move(request);
                         co_await socket.write("HTTP/1.1 202 Accepted\r\nX-A: b\r\n"
                                               "Content-Length: 2\r\n\r\nok");
                     }};
    run([&](Client& client) -> awaitable<> {
        auto request = post_to(server.url("/hook?x=1"), "{\"a\":1}");
        const auto reply = co_await client.send(std::move(request), Deadline::after(5s));
        BOOST_REQUIRE_MESSAGE(reply.has_value(), (reply ? "" : reply.error().message));
        BOOST_TEST(reply->status == 202U);
        BOOST_TEST(reply->body == "ok");
        BOOST_TEST(header_value(reply->headers, "x-a") == "b");
        BOOST_TEST(!reply->truncated);
    });
    BOOST_TEST(seen
               == "POST /hook?x=1 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port())
                      + "\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n"
                        "{\"a\":1}");
}

// Goal: one connection serves one request after the other, but never two tenants.
BOOST_AUTO_TEST_CASE(keeps_connections_apart_by_tenant)
{
    RawServer server{loop, [](RawSocket& socket, int) -> awaitable<> {
                         for (;;) {
                             const auto request = co_await socket.read_until("{}");
                             if (request.empty()) co_return;
                             co_await socket.write(ok("x"));
                         }
                     }};
    run([&](Client& client) -> awaitable<> {
        for (int i = 0; i < 3; ++i) {
            const auto reply = co_await client.send(post_to(server.url()), Deadline::after(5s));
            BOOST_TEST(reply.has_value());
        }
        BOOST_TEST(server.connections() == 1);
        auto other = post_to(server.url());
        other.tenant = TenantId{IdBytes{7}};
        const auto reply = co_await client.send(std::move(other), Deadline::after(5s));
        BOOST_TEST(reply.has_value());
        BOOST_TEST(server.connections() == 2);
        BOOST_TEST(client.idle_connections() == 2U);
        client.close();
        BOOST_TEST(client.idle_connections() == 0U);
    });
}

// Goal: the steps that were taken are timed: on a connection that was kept only the answer.
BOOST_AUTO_TEST_CASE(times_the_steps)
{
    RawServer server{loop, [](RawSocket& socket, int) -> awaitable<> {
                         for (;;) {
                             const auto request = co_await socket.read_until("{}");
                             if (request.empty()) co_return;
                             co_await socket.write(ok("x"));
                         }
                     }};
    run([&](Client& client) -> awaitable<> {
        for (const bool is_kept : {false, true}) {
            AttemptTiming timing;
            auto request = post_to(server.url());
            request.timing = &timing;
            const auto reply = co_await client.send(std::move(request), Deadline::after(5s));
            BOOST_TEST(reply.has_value());
            BOOST_TEST(!timing.dns.has_value());  // an address
            BOOST_TEST(!timing.tls.has_value());
            BOOST_TEST(timing.connect.has_value() == !is_kept);
            BOOST_TEST(timing.first_byte.has_value());
        }
    });
}

// Goal: where there is no answer, the steps until then are timed.
BOOST_AUTO_TEST_CASE(times_what_failed)
{
    asio::ip::tcp::acceptor closed{loop, loopback()};
    const auto port = closed.local_endpoint().port();
    closed.close();
    run([&](Client& client) -> awaitable<> {
        AttemptTiming timing;
        auto request = post_to("http://127.0.0.1:" + std::to_string(port) + "/");
        request.timing = &timing;
        const auto reply = co_await client.send(std::move(request), Deadline::after(5s));
        BOOST_TEST(!reply.has_value());
        BOOST_TEST(timing.connect.has_value());
        BOOST_TEST(!timing.first_byte.has_value());
    });
}

// Goal: a pooled connection that the receiver closes upon the next request is replaced once.
BOOST_AUTO_TEST_CASE(stale_connection_is_replaced)
{
    RawServer server{loop, [](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("{}");
                         co_await socket.write(ok("first"));
                         co_await socket.read_until("{}");
                         socket.close();
                     }};
    run([&](Client& client) -> awaitable<> {
        for (int i = 0; i < 3; ++i) {
            const auto reply = co_await client.send(post_to(server.url()), Deadline::after(5s));
            BOOST_REQUIRE(reply.has_value());
            BOOST_TEST(reply->body == "first");
        }
    });
    BOOST_TEST(server.connections() == 3);
}

// Goal: only a connection that worked before is replaced: a new one that is closed is a failure.
BOOST_AUTO_TEST_CASE(new_connection_is_not_retried)
{
    RawServer server{loop, [](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("{}");
                         socket.close();
                     }};
    run([&](Client& client) -> awaitable<> {
        const auto reply = co_await client.send(post_to(server.url()), Deadline::after(5s));
        BOOST_REQUIRE(reply.has_error());
        BOOST_TEST((reply.error() == errc::connection_closed));
    });
    BOOST_TEST(server.connections() == 1);
}

// Goal: a connection is kept only when the answer ended where it said and the receiver keeps it.
BOOST_AUTO_TEST_CASE(what_is_pooled)
{
    const std::vector<std::pair<std::string, std::size_t>> rows{
        {ok("x"), 1},
        {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", 0},
        {"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 0},
        {ok("x") + "HTTP/1.1 200 OK", 0},
    };
    run([&](Client& client) -> awaitable<> {
        std::size_t before = 0;
        for (const auto& [bytes, kept] : rows) {
            const auto reply = co_await answer_with(client, bytes, false);
            BOOST_REQUIRE(reply.has_value());
            BOOST_TEST(client.idle_connections() == before + kept, bytes);
            before = client.idle_connections();
        }
    });
}

// Goal: an idle connection is closed after its time, and one that the receiver closed is not used.
BOOST_AUTO_TEST_CASE(idle_connections_end)
{
    options.idle_timeout = 30ms;
    bool closed = false;
    RawServer server{loop, [&](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("{}");
                         co_await socket.write(ok(""));
                         co_await socket.read_all();
                         closed = true;
                     }};
    run([&](Client& client) -> awaitable<> {
        const auto reply = co_await client.send(post_to(server.url()), Deadline::after(5s));
        BOOST_TEST(reply.has_value());
        boost::asio::steady_timer turn{loop};
        for (int i = 0; i < 1'000 && !closed; ++i) {
            turn.expires_after(2ms);
            co_await turn.async_wait(use_tuple);
        }
        BOOST_TEST(client.idle_connections() == 0U);
    });
    BOOST_TEST(closed);
}

// Goal: after close() nothing of the client keeps the loop alive.
BOOST_AUTO_TEST_CASE(close_frees_the_loop)
{
    auto server = std::make_unique<RawServer>(loop, [](RawSocket& socket, int) -> awaitable<> {
        co_await socket.read_until("{}");
        co_await socket.write(ok(""));
    });
    std::optional<Client> client;
    options.resolver = resolver;
    client.emplace(loop.get_executor(), open_loopback(), options);
    run_coroutine(loop, [&]() -> awaitable<> {
        const auto reply = co_await client->send(post_to(server->url()), Deadline::after(1h));
        BOOST_TEST(reply.has_value());
        client->close();
    });
    server.reset();
    loop.restart();
    const auto started = std::chrono::steady_clock::now();
    loop.run();
    BOOST_TEST((std::chrono::steady_clock::now() - started < 5s));
}

// Goal: a header that could change the message is refused before anything is sent.
BOOST_AUTO_TEST_CASE(refused_requests)
{
    RawServer server{loop, [](RawSocket&, int) -> awaitable<> { co_return; }};
    run([&](Client& client) -> awaitable<> {
        for (const auto& header : Headers{{"Host", "b"},
                                          {"content-length", "1"},
                                          {"Transfer-Encoding", "chunked"},
                                          {"connection", "close"},
                                          {"Upgrade", "x"},
                                          {"trailer", "x"},
                                          {"Expect", "100-continue"},
                                          {"X Y", "a"},
                                          {"", "a"},
                                          {"X", "a\r\nB: c"},
                                          {"X", "a\nb"}}) {
            auto request = post_to(server.url());
            request.headers.push_back(header);
            const auto reply = co_await client.send(std::move(request), Deadline::after(5s));
            BOOST_REQUIRE_MESSAGE(reply.has_error(), header.name);
            BOOST_TEST((reply.error() == errc::refused));
        }
        for (const auto* method : {"", "A B", "POST /x HTTP/1.1\r\n", "CONNECT"}) {
            auto request = post_to(server.url());
            request.method = method;
            const auto reply = co_await client.send(std::move(request), Deadline::after(5s));
            BOOST_TEST((reply.has_error() && reply.error() == errc::refused));
        }
        for (const auto* url : {"http://10.0.0.1/", "https://169.254.169.254/", "http://[::1]/",
                                "nonsense", "https://user@127.0.0.1/"}) {
            const auto reply = co_await client.send(post_to(url), Deadline::after(5s));
            BOOST_TEST((reply.has_error() && reply.error() == errc::refused), url);
        }
    });
    BOOST_TEST(server.connections() == 0);
}

// Goal: many exchanges at once share the pool without mixing up answers.
BOOST_AUTO_TEST_CASE(many_at_once)
{
    RawServer server{loop, [](RawSocket& socket, int) -> awaitable<> {
                         for (;;) {
                             const auto request = co_await socket.read_until("!");
                             if (request.empty()) co_return;
                             const auto body = request.substr(request.find("\r\n\r\n") + 4);
                             co_await socket.write(ok(body));
                         }
                     }};
    int right = 0;
    run([&](Client& client) -> awaitable<> {
        int ended = 0;
        const auto talk = [&](int lane) -> awaitable<> {
            for (int i = 0; i < 20; ++i) {
                const auto body = std::to_string(lane) + "/" + std::to_string(i) + "!";
                const auto reply = co_await client.send(post_to(server.url(), body),
                                                        Deadline::after(5s));
                if (reply && reply->body == body) ++right;
            }
        };
        for (int lane = 0; lane < 10; ++lane)
            asio::co_spawn(loop, talk(lane), [&](std::exception_ptr) { ++ended; });
        while (ended < 10) co_await asio::post(loop, asio::use_awaitable);
    });
    BOOST_TEST(right == 200);
    BOOST_TEST(server.connections() == 10);
}

BOOST_AUTO_TEST_SUITE_END()
