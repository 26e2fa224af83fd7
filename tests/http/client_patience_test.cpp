// How long a client waits for the first byte of an answer.
#include "hub/http/client.hpp"

#include "tests/http/raw_server.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::http;
using namespace katydid::test;

namespace {

struct Fixture {
    void run(std::function<awaitable<>(Client&)> body)
    {
        run_coroutine(loop, [&]() -> awaitable<> {
            Client client{loop.get_executor(), {{parse_network("127.0.0.0/8").value()}}, {}};
            co_await body(client);
        });
    }

    boost::asio::io_context loop{1};
};

ClientRequest post_to(std::string url)
{
    ClientRequest request;
    request.url = std::move(url);
    request.body = std::make_shared<const std::string>("{}");
    return request;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(http_client_patience, Fixture)

// Goal: a receiver that is silent for too long behind the request is left before the deadline;
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

BOOST_AUTO_TEST_SUITE_END()
