// Poll and ack: a consumer that needs nothing but HTTP.
#include "tests/hub/consumer_client.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;
namespace json = boost::json;

namespace {

awaitable<json::array> poll(ApiClient& person, std::string stream, std::string body)
{
    const auto answer = co_await person.manage_as(
        200, "POST", "/v1/subscriptions/" + stream + "/poll", std::move(body));
    co_return answer.at("deliveries").as_array();
}

std::string list_of(const json::array& deliveries)
{
    std::string list;
    for (const auto& each : deliveries) {
        if (!list.empty()) list += ",";
        list += R"({"delivery":")" + text(each, "delivery") + R"("})";
    }
    return list;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_stream_polls)

// Goal: what waits is handed out with the dialect's signature, acknowledged once, and delivered;
// the stream may be named.
BOOST_AUTO_TEST_CASE(poll_and_ack)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        for (const auto* data : {"1", "2", "3"}) co_await publish(person, data);
        const auto first = co_await poll(person, "work", R"({"max":2,"wait":"20s"})");
        BOOST_TEST(first.size() == 2U);
        const auto& one = first.at(0);
        BOOST_TEST(text(one, "payload") == "1");
        BOOST_TEST(text(one, "content_type") == "application/json");
        BOOST_TEST(text(one.at("event"), "type") == "order.made");
        BOOST_TEST(json::serialize(one.at("headers")).find("webhook-signature")
                   != std::string::npos);
        const auto second = co_await poll(person, "work", R"({"wait":"20s"})");
        BOOST_TEST(second.size() == 1U);

        auto body = R"({"acks":[)" + list_of(first) + "]}";
        auto answer = co_await person.manage_as(200, "POST", "/v1/subscriptions/" + id + "/ack",
                                                body);
        BOOST_TEST(answer.at("acked").as_int64() == 2);
        answer = co_await person.manage_as(200, "POST", "/v1/subscriptions/" + id + "/ack", body);
        BOOST_TEST(answer.at("acked").as_int64() == 0);
        BOOST_TEST(answer.at("unknown").as_array().size() == 2U);
        body = R"({"nacks":[{"delivery":")" + text(second.at(0), "delivery")
               + R"(","dead":true,"reason":"no"}]})";
        answer = co_await person.manage_as(200, "POST", "/v1/subscriptions/" + id + "/ack", body);
        BOOST_TEST(answer.at("nacked").as_int64() == 1);
        co_await wait_for_state(person, id, "delivered", 2);
        const auto dead = co_await wait_for_state(person, id, "dead", 1);
        BOOST_TEST(text(dead.at("data").at(0), "reason") == "no");
    });
}

// Goal: a nack is a failed attempt and is tried again; the attempt is recorded with its reason.
BOOST_AUTO_TEST_CASE(nack_is_an_attempt)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        co_await publish(person, "1");
        auto taken = co_await poll(person, id, R"({"wait":"20s"})");
        BOOST_REQUIRE(taken.size() == 1U);
        const auto delivery = text(taken.at(0), "delivery");
        const auto nack = R"({"nacks":[{"delivery":")" + delivery
                          + R"(","reason":"busy","status":503,"body":"later"}]})";
        co_await person.manage_as(200, "POST", "/v1/subscriptions/" + id + "/ack", nack);
        taken = co_await poll(person, id, R"({"wait":"20s"})");
        BOOST_REQUIRE(taken.size() == 1U);
        BOOST_TEST(text(taken.at(0), "delivery") == delivery);
        BOOST_TEST(taken.at(0).at("attempt").as_int64() == 2);
        const auto attempts = co_await person.manage_as(200, "GET",
                                                        "/v1/deliveries/" + delivery + "/attempts");
        const auto& attempt = attempts.at("data").at(0);
        BOOST_TEST(attempt.at("status").as_int64() == 503);
        BOOST_TEST(text(attempt, "error") == "busy");
        BOOST_TEST(text(attempt, "response") == "later");
    });
}

// Goal: a consumer that refuses many, or one for long, or for good, still gets the others.
BOOST_AUTO_TEST_CASE(nacks_are_about_one_delivery)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        for (int i = 0; i < 24; ++i) {
            co_await publish(person, std::to_string(i));
            const auto taken = co_await poll(person, id, R"({"wait":"20s"})");
            BOOST_REQUIRE(taken.size() == 1U);
            BOOST_TEST(text(taken.at(0), "payload") == std::to_string(i));
            const char* said = i == 0   ? R"(","status":410}]})"
                               : i == 1 ? R"(","status":503,"retry_after":"1h"}]})"
                                        : R"(","status":500,"retry_after":"5m"}]})";
            const auto nack = R"({"nacks":[{"delivery":")" + text(taken.at(0), "delivery") + said;
            co_await person.manage_as(200, "POST", "/v1/subscriptions/" + id + "/ack", nack);
        }
        co_await wait_for_state(person, id, "dead", 1);
        const auto subscription = co_await person.manage_as(200, "GET", "/v1/subscriptions/" + id);
        BOOST_TEST(text(subscription, "status") == "active");
        BOOST_TEST(text(subscription.at("state"), "breaker") == "closed");
    });
}

// Goal: not acknowledged in time is a failed attempt; an ack that comes too late is unknown.
BOOST_AUTO_TEST_CASE(deadline)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work", R"(,"timeout":"1s")");
        co_await publish(person, "1");
        const auto taken = co_await poll(person, id, R"({"wait":"20s"})");
        BOOST_REQUIRE(taken.size() == 1U);
        const auto delivery = text(taken.at(0), "delivery");
        const auto attempts = co_await person.wait_for(
            "/v1/deliveries/" + delivery + "/attempts",
            [](const json::value& page) { return !page.at("data").as_array().empty(); });
        const auto& attempt = attempts.at("data").at(0);
        BOOST_TEST(text(attempt, "outcome") == "timed_out");
        BOOST_TEST(text(attempt, "error") == "not acknowledged within 1s");
        const auto late = R"({"acks":[{"delivery":")" + delivery + R"("}]})";
        const auto answer = co_await person.manage_as(200, "POST",
                                                      "/v1/subscriptions/" + id + "/ack", late);
        BOOST_TEST(answer.at("unknown").as_array().size() == 1U);
    });
}

// Goal: without a consumer nothing is tried, however long it takes.
BOOST_AUTO_TEST_CASE(waits_for_consumers)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        co_await publish(person, "1");
        const auto waiting = co_await wait_for_state(person, id, "pending", 1);
        BOOST_TEST(waiting.at("data").at(0).at("attempts").as_int64() == 0);
        const auto none = co_await make_stream(person, "empty", R"(,"sources":["nowhere"])");
        const auto taken = co_await poll(person, none, "{}");
        BOOST_TEST(taken.empty());
    });
}

// Goal: a poll whose client has gone takes nothing away.
BOOST_AUTO_TEST_CASE(client_gone)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        const auto [name, value] = person.authorisation();
        const std::string body = R"({"wait":"20s"})";
        const auto request = "POST /v1/subscriptions/work/poll HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                             "Content-Type: application/json\r\nContent-Length: "
                             + std::to_string(body.size()) + "\r\n" + name + ": " + value
                             + "\r\n\r\n" + body;
        {
            auto socket = co_await connect_to(person);
            const auto out = asio::buffer(request);
            co_await socket.async_send(out, asio::use_awaitable);
            // The hub has the request once the poll has made room for deliveries.
            co_await person.wait_for("/v1/subscriptions/" + id, [](const json::value& each) {
                return each.at("state").at("in_flight_limit").as_int64() > 0;
            });
        }
        co_await publish(person, "1");
        const auto taken = co_await poll(person, id, R"({"wait":"20s"})");
        BOOST_REQUIRE(taken.size() == 1U);
        BOOST_TEST(taken.at(0).at("attempt").as_int64() == 1);
    });
}

// Goal: what is no stream, is disabled, unknown, another tenant's or not in the key's scopes cannot
// be consumed, and a wrong body says where.
BOOST_AUTO_TEST_CASE(refusals)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                  R"({"name":"posts","event_types":["a"],)"
                                  R"("handler":{"url":"http://127.0.0.1:9/"}})");
        co_await person.manage_as(409, "POST", "/v1/subscriptions/posts/poll", "{}");
        co_await person.manage_as(404, "POST", "/v1/subscriptions/nothing/poll", "{}");
        const auto path = "/v1/subscriptions/" + id + "/";
        co_await person.manage_as(422, "POST", path + "poll", R"({"max":0})");
        co_await person.manage_as(422, "POST", path + "poll", R"({"wait":"31s"})");
        co_await person.manage_as(422, "POST", path + "ack", R"({"acks":[{"delivery":"x"}]})");
        co_await person.manage_as(422, "POST", path + "ack", R"({"acks":[{}]})");
        co_await person.manage_as(422, "POST", "/v1/subscriptions",
                                  R"({"name":"x","event_types":["a"],)"
                                  R"("handler":{"kind":"stream","url":"http://127.0.0.1:9/"}})");
        const auto key = co_await person.manage_as(201, "POST", "/v1/keys",
                                                   R"({"name":"reader","scopes":["events:read"]})");
        auto reader = person.as(text(key, "key"));
        co_await reader.manage_as(403, "POST", path + "poll", "{}");
        co_await person.manage_as(426, "GET", path + "consume");
        co_await person.manage_as(200, "PATCH", "/v1/subscriptions/" + id,
                                  R"({"status":"disabled"})");
        co_await person.manage_as(409, "POST", path + "poll", "{}");
        co_await person.manage_as(409, "GET", path + "consume");
    });
}

BOOST_AUTO_TEST_SUITE_END()
