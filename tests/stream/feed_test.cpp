// The feed over a real hub, by WebSocket and by Server-Sent Events.
#include "tests/hub/consumer_client.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

using namespace katydid;
using namespace katydid::test;
namespace json = boost::json;

namespace {

constexpr const char* protocol = "katydid.feed.v1";

awaitable<ConsumerClient> watching(ApiClient& person, std::string query)
{
    ConsumerClient reader;
    const auto status = co_await reader.connect(person, "/v1/feed" + query, protocol);
    BOOST_REQUIRE(status == 101U);
    co_return reader;
}

awaitable<std::string> publish_one(ApiClient& person, std::string type)
{
    auto body = R"({"type":")" + type + R"(","data":1})";
    const auto made = co_await person.manage_as(202, "POST", "/v1/events", std::move(body));
    co_return text(made, "id");
}

std::string event_of(const json::value& frame) { return text(frame.at("event"), "id"); }

/// So many, as quickly as they are taken.
awaitable<std::vector<std::string>> publish_many(ApiClient& person, int count)
{
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) {
        auto id = co_await publish_one(person, "a.b");
        ids.push_back(std::move(id));
    }
    co_return ids;
}

/// With three carriers.
awaitable<> watch_quick_events(ApiClient person, bool compresses)
{
    auto plain = co_await watching(person, "");
    ConsumerClient compressed;
    compressed.offer_compression();
    co_await compressed.connect(person, "/v1/feed", protocol);
    BOOST_TEST(compressed.is_compressed() == compresses);
    const auto request = event_stream_request(person, "/v1/feed");
    auto events = co_await connect_to(person);
    const auto out = asio::buffer(request);
    co_await events.async_send(out, asio::use_awaitable);
    auto got = co_await read_until(events, "\r\n\r\n");
    const auto ids = co_await publish_many(person, 200);
    for (const auto& id : ids) {
        auto frame = co_await plain.next();
        BOOST_TEST(event_of(frame) == id);
        frame = co_await compressed.next();
        BOOST_TEST(event_of(frame) == id);
    }
    const auto more = co_await read_until(events, ids.back());
    got += more;
    while (!got.ends_with("\n\n")) {
        const auto rest = co_await read_until(events, "\n");
        got += rest;
    }
    std::size_t at = 0;
    for (const auto& id : ids) {
        at = got.find("event: event\nid: " + id + "\ndata: {", at);
        BOOST_REQUIRE(at != std::string::npos);
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_feed)

// Goal: events come in order, by their types, from the one that is named on: no gap, no repeat.
BOOST_AUTO_TEST_CASE(resumes)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        std::vector<std::string> ids;
        for (int i = 0; i < 60; ++i) {
            auto id = co_await publish_one(person, i % 2 == 0 ? "order.made" : "invoice.made");
            ids.push_back(std::move(id));
        }
        auto all = co_await watching(person, "?after=" + ids.front());
        for (std::size_t i = 1; i < ids.size(); ++i) {
            const auto frame = co_await all.next("event");
            BOOST_TEST(event_of(frame) == ids[i]);
        }
        auto orders = co_await watching(person, "?types=order.*,x.y&after=" + ids.front());
        for (std::size_t i = 2; i < ids.size(); i += 2) {
            const auto frame = co_await orders.next("event");
            BOOST_TEST(event_of(frame) == ids[i]);
            BOOST_TEST(text(frame.at("event"), "type") == "order.made");
        }
        const auto later = co_await publish_one(person, "order.made");
        auto frame = co_await all.next("event");
        BOOST_TEST(event_of(frame) == later);
        frame = co_await orders.next("event");
        BOOST_TEST(event_of(frame) == later);
    });
}

// Goal: what happens to deliveries is told on request, for one subscription where it is named.
BOOST_AUTO_TEST_CASE(deliveries_and_attempts)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto id = co_await make_stream(person, "work");
        co_await make_stream(person, "other");
        auto reader = co_await watching(person,
                                        "?include=deliveries,attempts&subscription=work&after="
                                        "evt_00000000000000000000000001");
        ConsumerClient consumer;
        co_await consumer.connect(person, "/v1/subscriptions/work/consume");
        co_await publish(person, "1");
        const auto frame = co_await consumer.next("delivery");
        const auto delivery = text(frame, "delivery");
        auto seen = co_await reader.next("delivery");
        BOOST_TEST(text(seen, "state") == "in_flight");
        BOOST_TEST(text(seen, "delivery") == delivery);
        BOOST_TEST(text(seen, "subscription") == id);
        BOOST_TEST(text(seen, "event") == text(frame.at("event"), "id"));
        co_await consumer.say(R"({"type":"ack","delivery":")" + delivery + R"(","status":202})");
        seen = co_await reader.next("attempt");
        BOOST_TEST(seen.at("attempt").at("status").as_int64() == 202);
        seen = co_await reader.next("delivery");
        BOOST_TEST(text(seen, "state") == "delivered");
    });
}

// Goal: what comes quickly is gathered, and each reader gets all of it in order, once: over a plain
// WebSocket, over one that is compressed, and as Server-Sent Events.
BOOST_AUTO_TEST_CASE(gathered)
{
    for (const bool compresses : {false, true}) {
        const Folder folder;
        auto settings = settings_in(folder);
        settings.streams.compresses = compresses;
        run_with_hub(settings, [compresses](ApiClient person) -> awaitable<> {
            return watch_quick_events(std::move(person), compresses);
        });
    }
}

// Goal: a feed ends with the key that it was opened with: revoked, or at its end. 4401.
BOOST_AUTO_TEST_CASE(keys_that_end)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto soon = to_rfc3339(system_clock().now() + std::chrono::milliseconds{1'500});
        const auto ending = co_await person.manage_as(
            201, "POST", "/v1/keys",
            R"({"name":"e","scopes":["events:read"],"expires_at":")" + soon + R"("})");
        const auto lasting = co_await person.manage_as(201, "POST", "/v1/keys",
                                                       R"({"name":"l","scopes":["events:read"]})");
        auto ending_person = person.as(text(ending, "key"));
        auto lasting_person = person.as(text(lasting, "key"));
        auto expired = co_await watching(ending_person, "");
        auto revoked = co_await watching(lasting_person, "?after=evt_00000000000000000000000001");
        co_await person.manage_as(200, "DELETE", "/v1/keys/" + text(lasting, "id"));
        auto frame = co_await revoked.next();
        BOOST_TEST(frame.is_null());
        BOOST_TEST(revoked.close_code() == 4401U);
        BOOST_TEST(revoked.close_reason() == "the API key was revoked");
        frame = co_await expired.next();
        BOOST_TEST(frame.is_null());
        BOOST_TEST(expired.close_code() == 4401U);
        BOOST_TEST(expired.close_reason() == "the API key has expired");
    });
}

// Goal: an EventSource gets events with their ids and resumes by Last-Event-ID.
BOOST_AUTO_TEST_CASE(event_source)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto first = co_await publish_one(person, "a.b");
        const auto second = co_await publish_one(person, "a.c");
        const auto request = event_stream_request(person,
                                                  "/v1/feed?after=evt_00000000000000000000000001",
                                                  "Last-Event-ID: " + first + "\r\n");
        const auto got = co_await exchange_bytes(person, request, "payload_bytes");
        BOOST_TEST(got.find("event: event\nid: " + second + "\ndata: {") != std::string::npos);
        BOOST_TEST(got.find(first + "\n") == std::string::npos);
    });
}

// Goal: another tenant's events are not seen; wrong parameters are refused with their names.
BOOST_AUTO_TEST_CASE(tenants_and_refusals)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        co_await person.manage_as(201, "POST", "/v1/tenants", R"({"name":"acme"})");
        Call call{"POST",
                  "/v1/keys",
                  R"({"name":"k","scopes":["events:read","events:write"]})",
                  {person.authorisation(), {"Katydid-Tenant", "acme"}}};
        const auto made = co_await person.send(std::move(call));
        const auto key = json::parse(made.body);
        auto other = person.as(text(key, "key"));
        auto reader = co_await watching(other, "?after=evt_00000000000000000000000001");
        co_await publish_one(person, "a.secret");
        const auto own = co_await publish_one(other, "a.own");
        auto frame = co_await reader.next();
        BOOST_TEST(event_of(frame) == own);

        ConsumerClient refused;
        for (const auto* query : {"?types=,", "?types=a b", "?include=payloads", "?after=x",
                                  "?subscription=none", "?zzz=1"}) {
            const auto status = co_await refused.connect(person, std::string{"/v1/feed"} + query,
                                                         protocol);
            BOOST_TEST((status == 422U || status == 404U || status == 400U), query << status);
        }
        const auto status = co_await refused.connect(person, "/v1/feed", "katydid.v1");
        BOOST_TEST(status == 400U);
        co_await person.manage_as(426, "GET", "/v1/feed");

        co_await reader.say("{}");
        frame = co_await reader.next();
        BOOST_TEST(frame.is_null());
        BOOST_TEST(reader.close_code() == 1008U);
    });
}

BOOST_AUTO_TEST_SUITE_END()
