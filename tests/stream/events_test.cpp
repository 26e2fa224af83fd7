// Consumers by Server-Sent Events: deliveries come on the connection, answers go by POST.
#include "tests/hub/consumer_client.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace katydid;
using namespace katydid::test;

BOOST_AUTO_TEST_SUITE(hub_stream_events)

// Goal: deliveries come as events with their ids; they are acknowledged by POST, and given back
// when the connection ends.
BOOST_AUTO_TEST_CASE(delivers)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        co_await publish(person, "\"first\"");
        const auto request = event_stream_request(person,
                                                  "/v1/subscriptions/work/consume?credit=1");
        std::string delivery;
        for (int turn = 0; turn < 2; ++turn) {
            const auto got = co_await exchange_bytes(person, request, "\"payload\":");
            BOOST_TEST(got.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"));
            BOOST_TEST(got.find("event: hello\ndata: {") != std::string::npos);
            const auto at = got.find("event: delivery\nid: dlv_");
            BOOST_REQUIRE(at != std::string::npos);
            const auto begin = got.find("dlv_", at);
            const auto again = got.substr(begin, got.find('\n', begin) - begin);
            if (turn > 0) BOOST_TEST(again == delivery);
            delivery = again;
        }
        const auto waiting = co_await person.wait_for(
            "/v1/deliveries/" + delivery,
            [](const boost::json::value& each) { return text(each, "state") == "pending"; });
        BOOST_TEST(waiting.at("attempts").as_int64() == 0);
    });
}

// Goal: a hub whose event streams have ended does not wait for their deadlines when it ends.
// Regression: the timer of the watchdog kept the loop for 30 s.
BOOST_AUTO_TEST_CASE(hub_ends_at_once)
{
    const Folder folder;
    SteadyTime stopped;
    run_with_hub(settings_in(folder), [&stopped](ApiClient person) -> awaitable<> {
        co_await make_stream(person, "work");
        const auto request = event_stream_request(person, "/v1/subscriptions/work/consume");
        co_await exchange_bytes(person, request, "event: hello");
        stopped = system_clock().steady_now();
    });
    BOOST_TEST((system_clock().steady_now() - stopped < std::chrono::seconds{15}));
}

// Goal: while it is connected, an answer by POST counts and the next delivery comes.
BOOST_AUTO_TEST_CASE(answers_by_post)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        co_await publish(person, "1");
        co_await publish(person, "2");
        const auto request = event_stream_request(person,
                                                  "/v1/subscriptions/work/consume?credit=1");
        auto socket = co_await connect_to(person);
        const auto out = asio::buffer(request);
        co_await socket.async_send(out, asio::use_awaitable);
        for (int done = 0; done < 2; ++done) {
            co_await person.wait_for("/v1/subscriptions/" + id, [](const boost::json::value& each) {
                return each.at("state").at("in_flight").as_int64() == 1;
            });
            const auto got = co_await read_until(socket, "\"payload\":");
            const auto begin = got.find("dlv_");
            const auto delivery = got.substr(begin, got.find('\n', begin) - begin);
            const auto body = R"({"acks":[{"delivery":")" + delivery + R"("}]})";
            const auto answer = co_await person.manage_as(200, "POST",
                                                          "/v1/subscriptions/" + id + "/ack", body);
            BOOST_TEST(answer.at("acked").as_int64() == 1);
        }
        co_await wait_for_state(person, id, "delivered", 2);
    });
}

BOOST_AUTO_TEST_SUITE_END()
