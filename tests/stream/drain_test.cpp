// The end of a hub with consumers connected, and the next start.
#include <katydid/hub.hpp>

#include "tests/hub/consumer_client.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(hub_stream_drain)

// Goal: a hub that ends says `draining`, takes the answers for what is held, closes with 1001 and
// burns no attempt; the next hub on the same store hands out the rest.
BOOST_AUTO_TEST_CASE(nothing_burnt)
{
    const Folder folder;
    const auto path = std::string{"/v1/subscriptions/work/consume?credit=2"};
    std::string stream;
    std::string left;
    {
        Hub hub{settings_in(folder)};
        run_with_hub(hub, [&](ApiClient person) -> awaitable<> {
            stream = co_await make_stream(person, "work");
            for (int i = 0; i < 3; ++i) co_await publish(person, std::to_string(i));
            ConsumerClient consumer;
            co_await consumer.connect(person, path);
            const auto first = co_await consumer.next("delivery");
            const auto second = co_await consumer.next("delivery");
            left = text(second, "delivery");
            ConsumerClient idle;
            co_await idle.connect(person, path);
            const auto third = co_await idle.next("delivery");
            // Without a key no order is promised: it is the one that the other has not got.
            BOOST_TEST(text(third, "payload") != text(first, "payload"));
            BOOST_TEST(text(third, "payload") != text(second, "payload"));
            hub.stop();
            const auto draining = co_await consumer.next("draining");
            BOOST_TEST(text(draining, "reconnect_after") == "1s");
            co_await consumer.ack(text(first, "delivery"));
            co_await consumer.say(R"({"type":"nack","delivery":")" + left
                                  + R"(","reason":"another time"})");
            const auto frame = co_await consumer.next();
            BOOST_TEST(frame.is_null());
            BOOST_TEST(consumer.close_code() == 1001U);
            idle.cut();
        });
    }
    run_with_hub(settings_in(folder), [&](ApiClient person) -> awaitable<> {
        const auto delivered = co_await wait_for_state(person, stream, "delivered", 1);
        ConsumerClient consumer;
        co_await consumer.connect(person, path);
        for (int i = 0; i < 2; ++i) {
            const auto frame = co_await consumer.next("delivery");
            const bool is_retry = text(frame, "delivery") == left;
            BOOST_TEST(frame.at("attempt").as_int64() == (is_retry ? 2 : 1));
            co_await consumer.ack(text(frame, "delivery"));
        }
        co_await wait_for_state(person, stream, "delivered", 3);
    });
}

BOOST_AUTO_TEST_SUITE_END()
