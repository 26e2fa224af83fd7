// Consumers by WebSocket: shares, order, limits, and what happens to the subscription meanwhile.
#include "tests/hub/consumer_client.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace katydid;
using namespace katydid::test;
namespace json = boost::json;

namespace {

std::string consume_path(const std::string& stream, int credit = 16)
{
    return "/v1/subscriptions/" + stream + "/consume?credit=" + std::to_string(credit);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_stream_websocket)

// Goal: hello, a delivery with its payload byte for byte, an ack that is the attempt.
BOOST_AUTO_TEST_CASE(delivers)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        ConsumerClient consumer;
        const auto status = co_await consumer.connect(person, consume_path("work"));
        BOOST_REQUIRE(status == 101U);
        auto frame = co_await consumer.next();
        BOOST_TEST(text(frame, "type") == "hello");
        BOOST_TEST(text(frame, "consumer").starts_with("con_"));
        co_await publish(person, R"({"a":  1})");
        frame = co_await consumer.next();
        BOOST_TEST(text(frame, "type") == "delivery");
        BOOST_TEST(text(frame, "payload") == R"({"a":  1})");
        const auto delivery = text(frame, "delivery");
        co_await consumer.say(R"({"type":"ack","delivery":")" + delivery
                              + R"(","status":204,"body":"done"})");
        co_await wait_for_state(person, id, "delivered", 1);
        const auto attempts = co_await person.manage_as(200, "GET",
                                                        "/v1/deliveries/" + delivery + "/attempts");
        BOOST_TEST(attempts.at("data").at(0).at("status").as_int64() == 204);
        BOOST_TEST(text(attempts.at("data").at(0), "response") == "done");
        co_await consumer.close();
    });
}

// Goal: several consumers share the work; each has no more in its hands than its credit, all
// together no more than the subscription's limit.
BOOST_AUTO_TEST_CASE(shares)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work", R"(,"limits":{"in_flight":3})");
        ConsumerClient one;
        ConsumerClient other;
        co_await one.connect(person, consume_path(id, 2));
        co_await other.connect(person, consume_path(id, 2));
        co_await one.next("hello");
        co_await other.next("hello");
        for (int i = 0; i < 8; ++i) co_await publish(person, std::to_string(i));
        const auto path = "/v1/subscriptions/" + id;
        co_await person.wait_for(path, [](const json::value& subscription) {
            return subscription.at("state").at("in_flight").as_int64() == 3;
        });
        std::set<std::string> seen;
        for (int i = 0; i < 4; ++i) {
            for (auto* each : {&one, &other}) {
                const auto frame = co_await each->next("delivery");
                const auto delivery = text(frame, "delivery");
                BOOST_TEST(seen.insert(delivery).second);
                co_await each->ack(delivery);
            }
        }
        co_await wait_for_state(person, id, "delivered", 8);
    });
}

// Goal: a connection that breaks gives back what it held, in order of its key and with no attempt
// burnt; the next consumer gets it.
BOOST_AUTO_TEST_CASE(broken_connection)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(
            person, "work", R"(,"limits":{"ordering":"key","order_key":"/payload/k"})");
        for (int i = 0; i < 3; ++i)
            co_await publish(person, R"({"k":"a","n":)" + std::to_string(i) + "}");
        std::string first;
        for (int turn = 0; turn < 3; ++turn) {
            ConsumerClient consumer;
            co_await consumer.connect(person, consume_path(id));
            const auto frame = co_await consumer.next("delivery");
            BOOST_TEST(text(frame, "payload") == R"({"k":"a","n":0})");
            BOOST_TEST(frame.at("attempt").as_int64() == 1);
            if (turn == 0) first = text(frame, "delivery");
            BOOST_TEST(text(frame, "delivery") == first);
            consumer.cut();
        }
        ConsumerClient consumer;
        co_await consumer.connect(person, consume_path(id));
        for (int i = 0; i < 3; ++i) {
            const auto frame = co_await consumer.next("delivery");
            BOOST_TEST(text(frame, "payload") == R"({"k":"a","n":)" + std::to_string(i) + "}");
            co_await consumer.ack(text(frame, "delivery"));
        }
        co_await wait_for_state(person, id, "delivered", 3);
        const auto delivery = co_await person.manage_as(200, "GET", "/v1/deliveries/" + first);
        BOOST_TEST(delivery.at("attempts").as_int64() == 1);
    });
}

// Goal: credit 0 stops deliveries, more of it lets them come.
BOOST_AUTO_TEST_CASE(credit)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        ConsumerClient consumer;
        co_await consumer.connect(person, consume_path(id, 1));
        co_await consumer.next("hello");
        for (int i = 0; i < 3; ++i) co_await publish(person, std::to_string(i));
        const auto first = co_await consumer.next("delivery");
        co_await consumer.say(R"({"type":"credit","count":0})");
        co_await consumer.ack(text(first, "delivery"));
        co_await wait_for_state(person, id, "delivered", 1);
        co_await wait_for_state(person, id, "pending", 2);
        co_await consumer.say(R"({"type":"credit","count":2})");
        const auto second = co_await consumer.next("delivery");
        const auto third = co_await consumer.next("delivery");
        BOOST_TEST(text(second, "payload") == "1");
        BOOST_TEST(text(third, "payload") == "2");
    });
}

// Goal: who asks whether the hub is there is told, also while it takes nothing; to ask often is no
// fault, and answers that were not said yet become one.
BOOST_AUTO_TEST_CASE(ping_is_answered)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        ConsumerClient consumer;
        co_await consumer.connect(person, consume_path(id, 1));
        co_await consumer.next("hello");
        co_await consumer.say(R"({"type":"credit","count":0})");
        for (int i = 0; i < 150; ++i) co_await consumer.say(R"({"type":"ping"})");
        auto frame = co_await consumer.next();
        BOOST_TEST(json::serialize(frame) == R"({"type":"pong"})");
        co_await publish(person, "1");
        co_await consumer.say(R"({"type":"credit","count":1})");
        while (text(frame, "type") == "pong") frame = co_await consumer.next();
        BOOST_TEST(text(frame, "type") == "delivery");
        const auto delivery = text(frame, "delivery");
        co_await consumer.ack(delivery);
        co_await wait_for_state(person, id, "delivered", 1);
    });
}

// Goal: a pause leaves consumers connected and gives them nothing more; to disable or delete the
// subscription takes back what they hold and closes with 4403 and the reason.
BOOST_AUTO_TEST_CASE(subscription_changes)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        ConsumerClient consumer;
        co_await consumer.connect(person, consume_path(id, 1));
        co_await publish(person, "1");
        auto frame = co_await consumer.next("delivery");
        co_await person.manage_as(200, "POST", "/v1/subscriptions/" + id + "/pause");
        co_await publish(person, "2");
        co_await consumer.ack(text(frame, "delivery"));
        co_await wait_for_state(person, id, "delivered", 1);
        co_await person.manage_as(200, "POST", "/v1/subscriptions/" + id + "/resume");
        frame = co_await consumer.next("delivery");
        BOOST_TEST(text(frame, "payload") == "2");

        co_await person.manage_as(200, "PATCH", "/v1/subscriptions/" + id,
                                  R"({"status":"disabled"})");
        frame = co_await consumer.next("revoked");
        BOOST_TEST(text(frame, "reason") == "the subscription is disabled");
        frame = co_await consumer.next();
        BOOST_TEST(frame.is_null());
        BOOST_TEST(consumer.close_code() == 4403U);
        BOOST_TEST(consumer.close_reason() == "the subscription is disabled");

        co_await person.manage_as(200, "PATCH", "/v1/subscriptions/" + id,
                                  R"({"status":"active"})");
        ConsumerClient last;
        co_await last.connect(person, consume_path(id, 1));
        frame = co_await last.next("delivery");
        BOOST_TEST(frame.at("attempt").as_int64() == 1);
        const auto delivery = text(frame, "delivery");
        co_await person.manage_as(204, "DELETE", "/v1/subscriptions/" + id);
        frame = co_await last.next("revoked");
        frame = co_await last.next();
        BOOST_TEST(frame.is_null());
        BOOST_TEST(last.close_code() == 4403U);
        co_await person.wait_for("/v1/deliveries/" + delivery, [](const json::value& each) {
            return text(each, "state") == "cancelled";
        });
    });
}

// Goal: a key that is revoked closes what was opened with it: 4401.
BOOST_AUTO_TEST_CASE(key_revoked)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        const auto key = co_await person.manage_as(201, "POST", "/v1/keys",
                                                   R"({"name":"c","scopes":["events:consume"]})");
        ConsumerClient consumer;
        const auto status = co_await consumer.connect(person.as(text(key, "key")),
                                                      consume_path(id));
        BOOST_REQUIRE(status == 101U);
        co_await consumer.next("hello");
        co_await person.manage_as(200, "DELETE", "/v1/keys/" + text(key, "id"));
        const auto frame = co_await consumer.next();
        BOOST_TEST(frame.is_null());
        BOOST_TEST(consumer.close_code() == 4401U);
        BOOST_TEST(consumer.close_reason() == "the API key was revoked");
    });
}

BOOST_AUTO_TEST_SUITE_END()
