// Who may connect from a browser, how long, and what a connection costs.
#include "tests/hub/consumer_client.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

std::string handshake(const std::string& target, const std::string& more)
{
    return "GET " + target
           + " HTTP/1.1\r\nHost: hub.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
             "Sec-WebSocket-Protocol: katydid.feed.v1\r\n"
           + more + "\r\n";
}

/// A fresh ticket for the feed, as a target.
awaitable<std::string> feed_target(ApiClient& person)
{
    const auto made = co_await person.manage_as(201, "POST", "/v1/tickets",
                                                R"({"path":"/v1/feed"})");
    co_return "/v1/feed?ticket=" + text(made, "ticket");
}

/// The status of a handshake with a ticket and these headers.
awaitable<unsigned> status_of(ApiClient& person, std::string headers)
{
    const auto target = co_await feed_target(person);
    const auto request = handshake(target, headers);
    const auto answer = co_await exchange_bytes(person, request, "\r\n\r\n");
    co_return static_cast<unsigned>(std::stoul(answer.substr(9, 3)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_stream_connections)

// Goal: with a ticket the pages of the hub and of allowed origins may connect, and no others; who
// is no page may; a key in the header is asked of no page.
BOOST_AUTO_TEST_CASE(origins)
{
    const Folder folder;
    auto settings = settings_in(folder);
    settings.streams.allowed_origins.push_back("https://app.example");
    run_with_hub(std::move(settings), [](ApiClient person) -> awaitable<> {
        const std::vector<std::pair<std::string, unsigned>> cases{
            {"", 101},
            {"Origin: http://hub.example\r\n", 101},
            {"Origin: https://app.example\r\n", 101},
            {"Origin: https://hub.example\r\n", 403},
            {"Origin: https://hub.example\r\nX-Forwarded-Proto: https\r\n", 101},
            {"Origin: http://evil.example\r\n", 403},
            {"Origin: http://hub.example.evil.example\r\n", 403},
            {"Origin: null\r\n", 403},
        };
        for (const auto& [headers, expected] : cases) {
            const auto status = co_await status_of(person, headers);
            BOOST_TEST(status == expected, headers << status);
        }
        const auto key = person.authorisation();
        const auto with_key = handshake("/v1/feed", "Origin: https://other.example\r\n" + key.name
                                                        + ": " + key.value + "\r\n");
        const auto answer = co_await exchange_bytes(person, with_key, "\r\n\r\n");
        BOOST_TEST(answer.starts_with("HTTP/1.1 101 "));
    });
}

// Goal: another site can make a browser send its cookie with a handshake: it opens nothing.
BOOST_AUTO_TEST_CASE(cookies_of_another_origin)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto request = handshake("/v1/feed", "Origin: http://evil.example\r\n"
                                                   "Cookie: katydid-session=AAAA\r\n");
        const auto answer = co_await exchange_bytes(person, request, "\r\n\r\n");
        const auto status = std::stoul(answer.substr(9, 3));
        BOOST_TEST((status == 401U || status == 403U), answer);
    });
}

// Goal: a connection whose other side is gone without a word ends, and what it held is given back.
BOOST_AUTO_TEST_CASE(half_open_connections_end)
{
    const Folder folder;
    auto settings = settings_in(folder);
    settings.streams.idle_timeout = 400ms;
    run_with_hub(std::move(settings), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        ConsumerClient silent;
        auto status = co_await silent.connect(person, "/v1/subscriptions/work/consume?credit=1");
        BOOST_REQUIRE(status == 101U);
        co_await silent.next("hello");
        co_await publish(person, "1");
        const auto held = co_await silent.next("delivery");
        // It reads nothing more, so it answers no ping. One that reads goes on.
        ConsumerClient other;
        status = co_await other.connect(person, "/v1/subscriptions/work/consume");
        BOOST_REQUIRE(status == 101U);
        const auto frame = co_await other.next("delivery");
        BOOST_TEST(text(frame, "delivery") == text(held, "delivery"));
        BOOST_TEST(frame.at("attempt").as_int64() == 1);
        co_await other.ack(text(frame, "delivery"));
        co_await wait_for_state(person, id, "delivered", 1);
    });
}

// Goal: a message of 16 MiB is not read to its end, and the hub goes on.
BOOST_AUTO_TEST_CASE(huge_messages)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        co_await make_stream(person, "work");
        ConsumerClient consumer;
        const auto status = co_await consumer.connect(person, "/v1/subscriptions/work/consume");
        BOOST_REQUIRE(status == 101U);
        co_await consumer.next("hello");
        co_await consumer.say(std::string(std::size_t{16} * 1024 * 1024, ' '));
        const auto frame = co_await consumer.next();
        BOOST_TEST(frame.is_null());
        co_await person.manage_as(200, "GET", "/v1/subscriptions/work");
    });
}

// Goal: nothing is compressed unless the operator says so; then a small message that is large when
// it is inflated is refused like a large one.
BOOST_AUTO_TEST_CASE(compression)
{
    for (const bool compresses : {false, true}) {
        const Folder folder;
        auto settings = settings_in(folder);
        settings.streams.compresses = compresses;
        run_with_hub(std::move(settings), [compresses](ApiClient person) -> awaitable<> {
            const auto id = co_await make_stream(person, "work");
            ConsumerClient consumer;
            consumer.offer_compression();
            const auto status = co_await consumer.connect(person, "/v1/subscriptions/work/consume");
            BOOST_REQUIRE(status == 101U);
            BOOST_TEST(consumer.is_compressed() == compresses);
            co_await publish(person, "\"" + std::string(5'000, 'x') + "\"");
            const auto frame = co_await consumer.next("delivery");
            co_await consumer.ack(text(frame, "delivery"));
            co_await wait_for_state(person, id, "delivered", 1);
            co_await consumer.say(std::string(std::size_t{2} * 1024 * 1024, ' '));
            const auto end = co_await consumer.next();
            BOOST_TEST(end.is_null());
            BOOST_TEST(consumer.close_code() == 1009U);
        });
    }
}

BOOST_AUTO_TEST_SUITE_END()
