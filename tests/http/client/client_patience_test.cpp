// How long a client waits, for what.
#include "tests/http/client/client_fixture.hpp"

#include <sys/socket.h>

using namespace katydid;
using namespace katydid::http;
using namespace katydid::test;

BOOST_FIXTURE_TEST_SUITE(http_client_patience, ClientFixture)

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

// Goal: a receiver that is silent for too long after the request is left before the deadline;
// one that began to answer in time has until the deadline.
BOOST_AUTO_TEST_CASE(first_byte)
{
    RawServer silent{loop, [](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("never comes");
                     }};
    RawServer slow{loop, [this](RawSocket& socket, int) -> awaitable<> {
                       co_await socket.read_until("{}");
                       co_await socket.write("HTTP/1.1 200 OK\r\nContent-");
                       boost::asio::steady_timer pause{loop, 150ms};
                       co_await pause.async_wait(use_tuple);
                       co_await socket.write("Length: 2\r\n\r\nok");
                   }};
    run([&](Client& client) -> awaitable<> {
        auto request = post_to(silent.url());
        request.first_byte_timeout = 50ms;
        const auto start = std::chrono::steady_clock::now();
        const auto none = co_await client.send(std::move(request), Deadline::after(30s));
        BOOST_TEST((none.error() == errc::timed_out));
        BOOST_TEST((std::chrono::steady_clock::now() - start < 10s));
        auto patient = post_to(slow.url());
        patient.first_byte_timeout = 100ms;
        const auto reply = co_await client.send(std::move(patient), Deadline::after(30s));
        BOOST_REQUIRE(reply.has_value());
        BOOST_TEST(reply->body == "ok");
    });
}

// Goal: an address that takes no connection is given up after the connect timeout, of the request
// or else of the client, as a failure to connect: another try may work. The deadline ends it too,
// and then it is a timeout.
BOOST_AUTO_TEST_CASE(connect_timeout)
{
    tcp::acceptor full{loop, tcp::v4()};
    full.bind(loopback());
    full.listen(0);  // one connection fits: the kernel drops the handshakes of those after it
    std::list<tcp::socket> queue;
    for (int i = 0; i < 8; ++i) {
        queue.emplace_back(loop);
        queue.back().open(tcp::v4());
        queue.back().native_non_blocking(true);
        const auto to = full.local_endpoint();
        ::connect(queue.back().native_handle(), to.data(), static_cast<socklen_t>(to.size()));
    }
    const auto url = "http://127.0.0.1:" + std::to_string(full.local_endpoint().port());
    struct Row {
        milliseconds of_client;
        milliseconds of_request;
        milliseconds deadline;
        errc error;
    };
    for (const Row& row :
         {Row{60ms, 0ms, 30s, errc::connect_failed}, Row{30s, 60ms, 30s, errc::connect_failed},
          Row{30s, 0ms, 60ms, errc::timed_out}}) {
        options.connect_timeout = row.of_client;
        run([&](Client& client) -> awaitable<> {
            auto request = post_to(url);
            request.connect_timeout = row.of_request;
            const auto start = std::chrono::steady_clock::now();
            const auto reply = co_await client.send(std::move(request),
                                                    Deadline::after(row.deadline));
            BOOST_REQUIRE(reply.has_error());
            BOOST_TEST((reply.error() == row.error), reply.error().message);
            BOOST_TEST(reply.error().message.find("took too long") != std::string::npos);
            const auto took = std::chrono::steady_clock::now() - start;
            BOOST_TEST((took >= 60ms && took < 10s));
        });
    }
}

// Goal: a receiver that takes the connection and never shakes hands is given up the same way.
BOOST_AUTO_TEST_CASE(tls_handshake_timeout)
{
    options.connect_timeout = 60ms;
    RawServer silent{loop, [](RawSocket& socket, int) -> awaitable<> {
                         co_await socket.read_until("never comes");
                     }};
    run([&](Client& client) -> awaitable<> {
        const auto url = "https" + silent.url().substr(4);
        const auto reply = co_await client.send(post_to(url), Deadline::after(30s));
        BOOST_REQUIRE(reply.has_error());
        BOOST_TEST((reply.error() == errc::connect_failed), reply.error().message);
    });
}

BOOST_AUTO_TEST_SUITE_END()
