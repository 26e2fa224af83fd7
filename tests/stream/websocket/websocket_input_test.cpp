// What a consumer should not say, and handshakes that are none.
#include "tests/hub/consumer_client.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;
namespace json = boost::json;

namespace {

/// Connected, and greeted.
awaitable<ConsumerClient> connected(ApiClient& person, std::string stream)
{
    ConsumerClient consumer;
    const auto status = co_await consumer.connect(person,
                                                  "/v1/subscriptions/" + stream + "/consume");
    BOOST_REQUIRE(status == 101U);
    co_await consumer.next("hello");
    co_return consumer;
}

std::string handshake(const ApiClient& person, const std::string& version,
                      const std::string& more = {})
{
    const auto [name, value] = person.authorisation();
    return "GET /v1/subscriptions/work/consume HTTP/" + version
           + "\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
             "Sec-WebSocket-Protocol: katydid.v1\r\n"
           + name + ": " + value + "\r\n" + more + "\r\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_stream_websocket_input)

// Goal: frames that make no sense get an `error` and change nothing; the connection goes on.
BOOST_AUTO_TEST_CASE(senseless_frames)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        auto consumer = co_await connected(person, id);
        for (const auto* text : {"", "x", "[]", "{}", R"({"type":"hello"})", R"({"type":"ack"})",
                                 R"({"type":"credit","count":9223372036854775808})",
                                 R"({"type":"extend","delivery":"dlv_01HZY6Q0TV5Q6Z1A2B3C4D5E6F"})",
                                 R"({"type":"ack","delivery":"dlv_01HZY6Q0TV5Q6Z1A2B3C4D5E6F"})"}) {
            co_await consumer.say(text);
            const auto frame = co_await consumer.next();
            BOOST_TEST(test::text(frame, "type") == "error", text);
        }
        co_await publish(person, "1");
        const auto frame = co_await consumer.next();
        const auto delivery = text(frame, "delivery");
        co_await consumer.ack(delivery);
        co_await consumer.ack(delivery);
        const auto twice = co_await consumer.next();
        BOOST_TEST(text(twice, "type") == "error");
        BOOST_TEST(text(twice, "detail").starts_with(delivery + " is not in your hands"));
        co_await wait_for_state(person, id, "delivered", 1);
    });
}

// Goal: one consumer cannot answer for another.
BOOST_AUTO_TEST_CASE(anothers_delivery)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        auto holder = co_await connected(person, id);
        co_await publish(person, "1");
        const auto frame = co_await holder.next("delivery");
        auto other = co_await connected(person, id);
        co_await other.ack(text(frame, "delivery"));
        const auto refused = co_await other.next();
        BOOST_TEST(text(refused, "type") == "error");
        co_await holder.ack(text(frame, "delivery"));
        co_await wait_for_state(person, id, "delivered", 1);
    });
}

// Goal: one that floods with nonsense is closed (1008), binary frames are not taken (1003), a
// message has an end and a size (1009), bytes that are no UTF-8 are no text (1007).
BOOST_AUTO_TEST_CASE(closed_for_it)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        const auto code_after = [](ConsumerClient& consumer) -> awaitable<unsigned> {
            while (true) {
                const auto frame = co_await consumer.next();
                if (frame.is_null()) co_return consumer.close_code();
            }
        };
        auto flooding = co_await connected(person, id);
        for (int i = 0; i < 150; ++i) co_await flooding.say("{}");
        auto code = co_await code_after(flooding);
        BOOST_TEST(code == 1008U);

        auto binary = co_await connected(person, id);
        co_await binary.say("{}", true);
        code = co_await code_after(binary);
        BOOST_TEST(code == 1003U);

        auto large = co_await connected(person, id);
        co_await large.say(std::string(1024 * 1024 + 1, ' '));
        code = co_await code_after(large);
        BOOST_TEST(code == 1009U);

        auto endless = co_await connected(person, id);
        for (int i = 0; i < 33; ++i) co_await endless.say_part(std::string(32 * 1024, ' '), false);
        code = co_await code_after(endless);
        BOOST_TEST(code == 1009U);

        auto garbled = co_await connected(person, id);
        co_await garbled.say("\xff\xfe");
        code = co_await code_after(garbled);
        BOOST_TEST(code == 1007U);
    });
}

// Goal: a handshake that is none, in HTTP/1.0, with a body or with bytes after it is refused; with
// another subprotocol or without a key, too.
BOOST_AUTO_TEST_CASE(handshakes)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        auto answer = co_await exchange_bytes(person, handshake(person, "1.1"), "\"hello\"");
        BOOST_TEST(answer.starts_with("HTTP/1.1 101 "));
        answer = co_await exchange_bytes(person, handshake(person, "1.0"));
        BOOST_TEST(answer.starts_with("HTTP/1.1 400 "));
        const auto with_body = handshake(person, "1.1", "Content-Length: 2\r\n") + "{}";
        answer = co_await exchange_bytes(person, with_body, "}");
        BOOST_TEST(answer.starts_with("HTTP/1.1 4"));
        const auto with_more = handshake(person, "1.1") + "\x81\x80";
        answer = co_await exchange_bytes(person, with_more);
        BOOST_TEST(answer.starts_with("HTTP/1.1 400 "));

        ConsumerClient consumer;
        const auto path = "/v1/subscriptions/" + id + "/consume";
        auto status = co_await consumer.connect(person, path, "katydid.v2");
        BOOST_TEST(status == 400U);
        status = co_await consumer.connect(person, path, "");
        BOOST_TEST(status == 400U);
        status = co_await consumer.connect(person, path + "?credit=0");
        BOOST_TEST(status == 422U);
        status = co_await consumer.connect(person, path + "?credit=9223372036854775808");
        BOOST_TEST(status == 422U);
        status = co_await consumer.connect(person.as("kd_live_wrong"), path);
        BOOST_TEST(status == 401U);
    });
}

// Goal: a ticket opens one connection to its path, once.
BOOST_AUTO_TEST_CASE(tickets)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        const auto path = "/v1/subscriptions/" + id + "/consume";
        const auto body = R"({"path":")" + path + R"("})";
        const auto made = co_await person.manage_as(201, "POST", "/v1/tickets", body);
        const auto ticket = "?ticket=" + text(made, "ticket");
        const auto stranger = person.as("");
        ConsumerClient consumer;
        auto status = co_await consumer.connect(stranger, path + ticket);
        BOOST_REQUIRE(status == 101U);
        co_await consumer.next("hello");
        ConsumerClient again;
        status = co_await again.connect(stranger, path + ticket);
        BOOST_TEST(status == 401U);
        const auto other = co_await make_stream(person, "other");
        const auto fresh = co_await person.manage_as(201, "POST", "/v1/tickets", body);
        status = co_await again.connect(stranger, "/v1/subscriptions/" + other
                                                      + "/consume?ticket=" + text(fresh, "ticket"));
        BOOST_TEST(status == 401U);
    });
}

BOOST_AUTO_TEST_SUITE_END()
