#include "hub/http/client.hpp"

#include "hub/http/resolver.hpp"
#include "tests/http/raw_server.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace katydid;
using namespace katydid::http;
using namespace katydid::test;

namespace {

using Addresses = std::vector<boost::asio::ip::address>;

/// Answers as told; without an answer it never does.
struct ScriptedResolver final : Resolver {
    awaitable<result<Addresses>> resolve(std::string host) override
    {
        asked.push_back(std::move(host));
        if (answer) co_return *answer;
        const auto executor = co_await asio::this_coro::executor;
        boost::asio::steady_timer never{executor, 1h};
        co_await never.async_wait(use_tuple);
        co_return Error{errc::resolve_failed, "never"};
    }

    std::vector<std::string> asked;
    std::optional<result<Addresses>> answer;
};

EgressPolicy open_loopback() { return {{parse_network("127.0.0.0/8").value()}}; }

ClientRequest post_to(std::string url, std::string body = "{}")
{
    ClientRequest request;
    request.url = std::move(url);
    request.headers = {{"Content-Type", "application/json"}};
    request.body = std::make_shared<const std::string>(std::move(body));
    return request;
}

std::string ok(const std::string& body)
{
    return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct Fixture {
    void run(std::function<awaitable<>(Client&)> body)
    {
        options.resolver = resolver;
        run_coroutine(loop, [&]() -> awaitable<> {
            Client client{loop.get_executor(), open_loopback(), options};
            co_await body(client);
        });
    }

    /// One request to a receiver that answers with these bytes and closes its side.
    awaitable<result<ClientReply>> answer_with(Client& client, std::string bytes, bool close = true)
    {
        auto script = [bytes, close](RawSocket& socket, int) -> awaitable<> {
            co_await socket.read_until("{}");
            co_await socket.write(bytes);
            if (close) socket.shut();
        };
        servers.emplace_back(loop, script);
        auto reply = co_await client.send(post_to(servers.back().url()), Deadline::after(wait));
        co_return reply;
    }

    boost::asio::io_context loop{1};
    std::shared_ptr<ScriptedResolver> resolver = std::make_shared<ScriptedResolver>();
    ClientOptions options;
    std::list<RawServer> servers;
    std::chrono::milliseconds wait{5'000};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(http_client, Fixture)

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
    BOOST_TEST(seen == "POST /hook?x=1 HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port())
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

// Goal: a receiver that accepts and never answers is a timeout at the deadline.
BOOST_AUTO_TEST_CASE(hang)
{
    wait = 50ms;
    run([&](Client& client) -> awaitable<> {
        const auto reply = co_await answer_with(client, "", false);
        BOOST_REQUIRE(reply.has_error());
        BOOST_TEST((reply.error() == errc::timed_out));
    });
}

// Goal: a head that drips is a timeout too: progress does not extend the deadline.
BOOST_AUTO_TEST_CASE(dripping_head)
{
    wait = 60ms;
    RawServer server{loop, [this](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("{}");
                         co_await socket.write("HTTP/1.1 200 OK\r\nX: ");
                         boost::asio::steady_timer pause{loop};
                         for (const char c : std::string(1'000, 'a')) {
                             co_await socket.write(std::string(1, c));
                             pause.expires_after(5ms);
                             co_await pause.async_wait(use_tuple);
                         }
                     }};
    run([&](Client& client) -> awaitable<> {
        const auto reply = co_await client.send(post_to(server.url()), Deadline::after(wait));
        BOOST_TEST((reply.has_error() && reply.error() == errc::timed_out));
    });
}

// Goal: a reset is a failure, not an answer.
BOOST_AUTO_TEST_CASE(reset)
{
    RawServer server{loop, [](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("{}");
                         socket.socket().set_option(boost::asio::socket_base::linger{true, 0});
                         socket.close();
                     }};
    run([&](Client& client) -> awaitable<> {
        const auto reply = co_await client.send(post_to(server.url()), Deadline::after(5s));
        BOOST_REQUIRE(reply.has_error());
        BOOST_TEST((reply.error() == errc::connection_closed));
    });
}

// Goal: a body that drips for ever ends in bounded time and keeps the status.
BOOST_AUTO_TEST_CASE(dripping_body)
{
    options.body_time_max = 60ms;
    RawServer server{loop, [this](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("{}");
                         co_await socket.write("HTTP/1.1 200 OK\r\n"
                                               "Content-Length: 1000000\r\n\r\n");
                         boost::asio::steady_timer pause{loop};
                         for (int i = 0; i < 1'000; ++i) {
                             co_await socket.write("x");
                             pause.expires_after(5ms);
                             co_await pause.async_wait(use_tuple);
                         }
                     }};
    run([&](Client& client) -> awaitable<> {
        const auto reply = co_await client.send(post_to(server.url()), Deadline::after(5s));
        BOOST_REQUIRE(reply.has_value());
        BOOST_TEST(reply->status == 200U);
        BOOST_TEST(reply->truncated);
        BOOST_TEST(reply->body.size() < 1'000U);
        BOOST_TEST(client.idle_connections() == 0U);
    });
}

// Goal: an answer of 1 GB costs 64 KB, declared, chunked or until the end.
BOOST_AUTO_TEST_CASE(giant_bodies)
{
    std::size_t written = 0;
    const auto flood = [&](std::string head, std::string piece) {
        return [&written, head, piece](RawSocket& socket, int) -> awaitable<> {
            co_await socket.read_until("{}");
            co_await socket.write(head);
            boost::system::error_code error;
            while (!error) {
                const auto [failed, bytes] = co_await boost::asio::async_write(
                    socket.socket(), boost::asio::buffer(piece), use_tuple);
                error = failed;
                written += bytes;
            }
        };
    };
    const std::string piece(64 * 1024, 'x');
    RawServer declared{loop, flood("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", piece)};
    RawServer chunked{loop, flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                                  "10000\r\n" + piece + "\r\n")};
    RawServer endless{loop, flood("HTTP/1.1 200 OK\r\n\r\n", piece)};
    run([&](Client& client) -> awaitable<> {
        for (const auto* server : {&declared, &chunked, &endless}) {
            const auto reply = co_await client.send(post_to(server->url()), Deadline::after(5s));
            BOOST_REQUIRE(reply.has_value());
            BOOST_TEST(reply->status == 200U);
            BOOST_TEST(reply->truncated);
            BOOST_TEST(reply->body.size() == 64U * 1024);
        }
        BOOST_TEST(client.idle_connections() == 0U);
    });
    BOOST_TEST(written < 100'000'000U);
}

// Goal: what is not an answer is a protocol error, whatever it is.
BOOST_AUTO_TEST_CASE(no_http)
{
    std::string interims;
    for (int i = 0; i < 9; ++i) interims += "HTTP/1.1 100 Continue\r\n\r\n";
    const std::vector<std::string> answers{
        "garbage garbage garbage garbage\r\n\r\n",
        "\x15\x03\x01\x01\x02\x03\x04\x05\x06\r\n\r\n",
        "HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 999 Nine\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 600 Six\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: " + std::string(1'000'000, 'a') + "\r\n\r\n",
        interims + ok(""),
    };
    run([&](Client& client) -> awaitable<> {
        for (const auto& bytes : answers) {
            const auto reply = co_await answer_with(client, bytes);
            BOOST_REQUIRE_MESSAGE(reply.has_error(), bytes.substr(0, 60));
            BOOST_TEST((reply.error() == errc::protocol_error),
                       bytes.substr(0, 60) << ": " << reply.error().message);
        }
        BOOST_TEST(client.idle_connections() == 0U);
    });
}

// Goal: up to eight interim answers are skipped; Beast's client would hand out the first.
BOOST_AUTO_TEST_CASE(interim_answers)
{
    std::string bytes;
    for (int i = 0; i < 7; ++i) bytes += "HTTP/1.1 100 Continue\r\n\r\n";
    bytes += "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + ok("done");
    run([&](Client& client) -> awaitable<> {
        const auto reply = co_await answer_with(client, bytes);
        BOOST_REQUIRE(reply.has_value());
        BOOST_TEST(reply->body == "done");
        BOOST_TEST(header_value(reply->headers, "link") == "");
    });
}

// Goal: every way to end a body is understood, and a cut one keeps its status.
BOOST_AUTO_TEST_CASE(ends_of_bodies)
{
    struct Row {
        std::string bytes;
        unsigned status;
        std::string body;
        bool truncated;
    };
    const std::vector<Row> rows{
        {"HTTP/1.1 200 OK\r\n\r\nuntil the end", 200, "until the end", false},
        {"HTTP/1.0 200 OK\r\n\r\n", 200, "", false},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n",
            200, "abc", false},
        {"HTTP/1.1 204 No Content\r\n\r\n", 204, "", false},
        {"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 302,
            "", false},
        {"HTTP/1.1 500 No\r\nContent-Length: 10\r\n\r\nhalf", 500, "half", true},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", 200, "abc", true},
    };
    run([&](Client& client) -> awaitable<> {
        for (const auto& row : rows) {
            const auto reply = co_await answer_with(client, row.bytes);
            BOOST_REQUIRE_MESSAGE(reply.has_value(), row.bytes);
            BOOST_TEST(reply->status == row.status);
            BOOST_TEST(reply->body == row.body);
            BOOST_TEST(reply->truncated == row.truncated, row.bytes);
            BOOST_TEST(header_value(reply->headers, "x-t") == "");
        }
    });
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
        for (const auto& header : Headers{{"Host", "b"}, {"content-length", "1"},
                                          {"Transfer-Encoding", "chunked"}, {"connection", "close"},
                                          {"Upgrade", "x"}, {"trailer", "x"}, {"Expect",
                                              "100-continue"},
                                          {"X Y", "a"}, {"", "a"}, {"X", "a\r\nB: c"}, {"X",
                                              "a\nb"}}) {
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
            "nonsense",
                                "https://user@127.0.0.1/"}) {
            const auto reply = co_await client.send(post_to(url), Deadline::after(5s));
            BOOST_TEST((reply.has_error() && reply.error() == errc::refused), url);
        }
    });
    BOOST_TEST(server.connections() == 0);
}

// Goal: a name is judged by everything it resolves to, and the address is dialled, not the name.
BOOST_AUTO_TEST_CASE(names)
{
    using boost::asio::ip::make_address;
    std::string seen;
    RawServer server{loop, [&](RawSocket& socket, int) -> awaitable<> {
                         auto request = co_await socket.read_until("{}");
                         seen = std::move(request);
                         co_await socket.write(ok(""));
                     }};
    const auto port = ":" + std::to_string(server.port());
    run([&](Client& client) -> awaitable<> {
        resolver->answer = Addresses{make_address("127.0.0.1")};
        const auto good = co_await client.send(post_to("http://hook.example" + port),
            Deadline::after(5s));
        BOOST_REQUIRE_MESSAGE(good.has_value(), (good ? "" : good.error().message));
        BOOST_TEST(seen.find("Host: hook.example" + port + "\r\n") != seen.npos);
        for (const auto* other : {"10.0.0.1", "::1", "8.8.8.8"}) {  // 8.8.8.8: not over http
            resolver->answer = Addresses{make_address("127.0.0.1"), make_address(other)};
            const auto mixed = co_await client.send(post_to("http://mixed.example" + port),
                Deadline::after(5s));
            BOOST_REQUIRE(mixed.has_error());
            BOOST_TEST((mixed.error() == errc::refused), other);
        }
        resolver->answer = Error{errc::resolve_failed, "no such name"};
        const auto unknown = co_await client.send(post_to("https://none.example"),
            Deadline::after(5s));
        BOOST_TEST((unknown.has_error() && unknown.error() == errc::resolve_failed));
        resolver->answer.reset();
        const auto slow = co_await client.send(post_to("https://slow.example"),
            Deadline::after(30ms));
        BOOST_TEST((slow.has_error() && slow.error() == errc::timed_out));
    });
    BOOST_TEST(resolver->asked.size() == 6U);
    BOOST_TEST(server.connections() == 1);
}

// Goal: nobody listening is a failure to connect, with the second address tried.
BOOST_AUTO_TEST_CASE(connect_failures)
{
    using boost::asio::ip::make_address;
    std::string unused;
    {
        const tcp::acceptor gone{loop, loopback()};
        unused = std::to_string(gone.local_endpoint().port());
    }
    RawServer server{loop, [](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("{}");
                         co_await socket.write(ok("second"));
                     }};
    run([&](Client& client) -> awaitable<> {
        const auto refused = co_await client.send(post_to("http://127.0.0.1:" + unused),
            Deadline::after(5s));
        BOOST_REQUIRE(refused.has_error());
        BOOST_TEST((refused.error() == errc::connect_failed));
        resolver->answer = Addresses{make_address("127.0.0.2"), make_address("127.0.0.1")};
        const auto second = co_await client.send(
            post_to("http://two.example:" + std::to_string(server.port())), Deadline::after(5s));
        BOOST_REQUIRE_MESSAGE(second.has_value(), (second ? "" : second.error().message));
        BOOST_TEST(second->body == "second");
    });
}

// Goal: an answer that comes before the body was read counts.
BOOST_AUTO_TEST_CASE(early_answer)
{
    RawServer server{loop, [](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("\r\n\r\n");
                         co_await socket.write("HTTP/1.1 413 No\r\nConnection: close\r\n"
                                               "Content-Length: 0\r\n\r\n");
                         co_await socket.read_all();
                     }};
    run([&](Client& client) -> awaitable<> {
        auto request = post_to(server.url(), std::string(8'000'000, 'x'));
        const auto reply = co_await client.send(std::move(request), Deadline::after(5s));
        BOOST_REQUIRE(reply.has_value());
        BOOST_TEST(reply->status == 413U);
    });
}

// Goal: HEAD answers have a length and no body.
BOOST_AUTO_TEST_CASE(head_request)
{
    RawServer server{loop, [](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("\r\n\r\n");
                         co_await socket.write("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n");
                     }};
    run([&](Client& client) -> awaitable<> {
        ClientRequest request;
        request.method = "HEAD";
        request.url = server.url();
        const auto reply = co_await client.send(std::move(request), Deadline::after(5s));
        BOOST_REQUIRE(reply.has_value());
        BOOST_TEST(reply->body.empty());
        BOOST_TEST(client.idle_connections() == 1U);
    });
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
