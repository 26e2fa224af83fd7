// Which requests are the same event once more, which may be, and which are not.
#include "tests/receive/sender.hpp"
#include "tests/support/lists.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(receive_repeats)

// Goal: equal bodies are not equal events. Where a scheme signs the body alone and no id is sent,
// each request is an event, and says of which it may be a repeat.
BOOST_AUTO_TEST_CASE(equal_bodies_are_not_equal_events)
{
    for (const std::string scheme : {"dropbox", "airtable", "grasshopper", "paystack", "xero"}) {
        ReceiverFixture house;
        house.run([&]() -> awaitable<> {
            const std::string secret = scheme == "airtable" ? "dG9wc2VjcmV0" : "topsecret";
            co_await add_provider(house, names(scheme), "{}", secret);
            const Webhook webhook{scheme, R"({"list_folder":{"accounts":["a"]}})", {}, secret};
            for (int i = 0; i < 3; ++i) {
                const auto response = co_await send(house, webhook);
                BOOST_TEST(response.status == 200U, scheme);
                BOOST_TEST(!is_duplicate(response), scheme);
            }
            const auto events = co_await events_of(house);
            BOOST_TEST_REQUIRE(events.size() == 3U);
            BOOST_TEST(!events[0]->repeat_of.has_value());
            for (const auto i : {1, 2}) BOOST_TEST((events[i]->repeat_of == events[0]->id));
            for (const auto& event : events)
                BOOST_TEST(event->external_id == event->id.to_string());
        });
    }
}

// Goal: an id of any length is known again, and a long one is not stored as it is.
BOOST_AUTO_TEST_CASE(long_ids_are_hashed)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_provider(house, names("stripe"));
        const std::string start = R"({"type":"a.b","id":")" + std::string(100'000, 'x');
        for (const auto* end : {"1\"}", "2\"}", "1\"}"}) {
            const Webhook webhook{"stripe", start + end};
            const auto response = co_await send(house, webhook);
            BOOST_TEST(response.status == 200U, response.body);
        }
        const auto events = co_await events_of(house);
        BOOST_TEST_REQUIRE(events.size() == 2U);
        for (const auto& event : events) BOOST_TEST(event->external_id.starts_with("sha256-"));
        BOOST_TEST(events[0]->external_id.size() == 71U);
    });
}

// Goal: where a time is signed, the same signed request is one event, and the same body at another
// time is another.
BOOST_AUTO_TEST_CASE(same_request_is_one_event)
{
    for (const std::string scheme : {"zoom", "webflow", "recurly", "retell", "buildkite"}) {
        ReceiverFixture house;
        house.run([&]() -> awaitable<> {
            co_await add_provider(house, names(scheme));
            const Webhook webhook{scheme, R"({"event":"a.b","triggerType":"c"})"};
            const auto first = co_await send(house, webhook);
            BOOST_TEST(first.status == 200U, scheme << first.body);
            const auto again = co_await send(house, webhook);
            BOOST_TEST(is_duplicate(again), scheme);
            house.clock.advance(2s);
            const auto later = co_await send(house, webhook);
            BOOST_TEST(later.status == 200U, scheme);
            BOOST_TEST(!is_duplicate(later), scheme);
            const auto events = co_await events_of(house);
            BOOST_TEST_REQUIRE(events.size() == 2U);
            BOOST_TEST(!events[1]->repeat_of.has_value());
        });
    }
}

// Goal: an unsigned id is a hint. The same body under another id is taken and marked; with the same
// id it is a duplicate; another body under the same id is not lost.
BOOST_AUTO_TEST_CASE(unsigned_ids_are_hints)
{
    struct Row {
        const char* scheme;
        const char* id_header;
    };
    for (const auto& [scheme, id_header] :
         {Row{"github", "X-GitHub-Delivery"}, Row{"shopify", "X-Shopify-Webhook-Id"},
          Row{"bitbucket", "X-Request-UUID"}, Row{"woocommerce", "X-WC-Webhook-Delivery-ID"},
          Row{"atlvs", "X-Webhook-Id"}, Row{"razorpay", "x-razorpay-event-id"}}) {
        ReceiverFixture house;
        house.run([&]() -> awaitable<> {
            co_await add_provider(house, names(scheme));
            const auto post = [&](const char* id, const char* body) {
                return send(house, {scheme, body, {{id_header, id}}});
            };
            const auto first = co_await post("one", R"({"action":"opened"})");
            BOOST_TEST(first.status == 200U, scheme);
            const auto retried = co_await post("one", R"({"action":"opened"})");
            BOOST_TEST(is_duplicate(retried), scheme);
            const auto other_id = co_await post("two", R"({"action":"opened"})");
            BOOST_TEST(!is_duplicate(other_id), scheme);
            const auto other_body = co_await post("one", R"({"action":"closed"})");
            BOOST_TEST(!is_duplicate(other_body), scheme);
            const auto retried_other = co_await post("two", R"({"action":"opened"})");
            BOOST_TEST(is_duplicate(retried_other), scheme);
            const auto events = co_await events_of(house);
            BOOST_TEST_REQUIRE(events.size() == 3U);
            BOOST_TEST(events[0]->external_id == "one");
            BOOST_TEST(events[1]->external_id == "two");
            BOOST_TEST((events[1]->repeat_of == events[0]->id));
            BOOST_TEST((events[2]->repeat_of == events[0]->id));
        });
    }
}

// Goal: where a time is signed, one signature is one event, whatever unsigned id it comes with; a
// provider's retry, which is signed anew, is known by its id and body.
BOOST_AUTO_TEST_CASE(one_signature_is_one_event)
{
    struct Row {
        const char* scheme;
        const char* id_header;
    };
    for (const auto& [scheme, id_header] :
         {Row{"zendesk", "x-zendesk-webhook-invocation-id"}, Row{"sanity", "idempotency-key"}}) {
        ReceiverFixture house;
        house.run([&]() -> awaitable<> {
            co_await add_provider(house, names(scheme));
            const auto post = [&](const char* id) {
                return send(house, {scheme, R"({"type":"a.b"})", {{id_header, id}}});
            };
            const auto first = co_await post("one");
            BOOST_TEST(first.status == 200U, scheme << first.body);
            for (const auto* id : {"two", "three", "admin"}) {
                const auto other = co_await post(id);
                BOOST_TEST(is_duplicate(other), scheme << id);
            }
            house.clock.advance(5s);
            const auto retried = co_await post("one");
            BOOST_TEST(is_duplicate(retried), scheme);
            house.clock.advance(5s);
            const auto fresh = co_await post("four");
            BOOST_TEST(!is_duplicate(fresh), scheme);
            const auto events = co_await events_of(house);
            BOOST_TEST(events.size() == 2U, scheme);
        });
    }
}

// Goal: an id that is signed decides alone: with it a changed header, another time and another
// signature change nothing.
BOOST_AUTO_TEST_CASE(signed_ids_decide)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_provider(house, names("atlvs", "stripe"));
        const std::string body = R"({"id":"6b1f","name":"a.b"})";
        const Webhook named_x{"atlvs", body, one_header("X-Webhook-Id", "x")};
        const auto first = co_await send(house, named_x);
        BOOST_TEST(first.status == 200U);
        const Webhook named_y{"atlvs", body, one_header("X-Webhook-Id", "y")};
        const auto again = co_await send(house, named_y);
        BOOST_TEST(is_duplicate(again));
        const Webhook charge{"stripe", R"({"id":"evt_1","type":"a.b"})"};
        const auto charged = co_await send(house, charge);
        BOOST_TEST(!is_duplicate(charged));
        house.clock.advance(60s);
        const auto retried = co_await send(house, charge);
        BOOST_TEST(is_duplicate(retried));
    });
}

// Goal: a source that refuses repeats says so, keeps the request with the reason, and takes what is
// no repeat.
BOOST_AUTO_TEST_CASE(repeats_are_refused_where_the_source_says_so)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_provider(house, names("github"), R"({"repeats":"refuse"})");
        const auto post = [&](const char* id, const char* body) {
            return send(house, {"github", body, {{"X-GitHub-Delivery", id}}});
        };
        const auto first = co_await post("one", R"({"a":1})");
        BOOST_TEST(first.status == 200U);
        const auto repeat = co_await post("two", R"({"a":1})");
        BOOST_TEST(repeat.status == 409U);
        const auto retried = co_await post("one", R"({"a":1})");
        BOOST_TEST(is_duplicate(retried));
        const auto fresh = co_await post("three", R"({"a":2})");
        BOOST_TEST(fresh.status == 200U);
        const auto events = co_await events_of(house);
        BOOST_TEST(events.size() == 2U);
        const auto kept = co_await rejected_of(house);
        BOOST_TEST_REQUIRE(kept.size() == 1U);
        BOOST_TEST(kept[0].reason == "repeated");
        BOOST_TEST(kept[0].verified);
        const auto row = co_await house.store->rejected(default_tenant(), kept[0].id);
        const auto request = receive::open(*row, house.vault).value();
        BOOST_TEST(request.body == R"({"a":1})");
        BOOST_TEST(header_value(request.headers, "x-github-delivery") == "two");
    });
}

// Goal: a type from an unsigned header is marked, and refused where the source says so; one that is
// signed goes before it.
BOOST_AUTO_TEST_CASE(unsigned_types_are_marked_and_may_be_refused)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_provider(house, names("github", "atlvs"));
        const Webhook webhook_1{"github", "{}", one_header("X-GitHub-Event", "push")};
        const auto answer_1 = co_await send(house, webhook_1);
        BOOST_TEST(answer_1.status == 200U);
        const Webhook named{"atlvs", R"({"name":"a.b"})",
                            one_header("X-Webhook-Event", "admin.granted")};
        const auto answer = co_await send(house, named);
        BOOST_TEST(answer.status == 200U);
        const Webhook webhook_2{"atlvs", "{}", one_header("X-Webhook-Event", "admin.granted")};
        const auto answer_2 = co_await send(house, webhook_2);
        BOOST_TEST(answer_2.status == 200U);
        const auto events = co_await events_of(house);
        BOOST_TEST_REQUIRE(events.size() == 3U);
        BOOST_TEST((events[0]->type == "push" && events[0]->type_unsigned));
        BOOST_TEST((events[1]->type == "a.b" && !events[1]->type_unsigned));
        BOOST_TEST((events[2]->type == "admin.granted" && events[2]->type_unsigned));
    });
    ReceiverFixture strict;
    strict.run([&]() -> awaitable<> {
        co_await add_provider(strict, names("atlvs"), R"({"unsigned_types":"refuse"})");
        const Webhook webhook_3{"atlvs", "{}", one_header("X-Webhook-Event", "admin.granted")};
        const auto refused = co_await send(strict, webhook_3);
        BOOST_TEST(refused.status == 422U);
        const Webhook typed{"atlvs", R"({"name":"a.b"})"};
        const auto good = co_await send(strict, typed);
        BOOST_TEST(good.status == 200U);
        const auto kept = co_await rejected_of(strict);
        BOOST_TEST_REQUIRE(kept.size() == 1U);
        BOOST_TEST(kept[0].reason == "type_unsigned");
    });
}

// Goal: ids that are numbers keep their digits.
BOOST_AUTO_TEST_CASE(numbers_keep_their_digits)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_provider(house, names("vercel"));
        for (const auto* id : {"18446744073709551617", "18446744073709551618", "9007199254740993",
                               "9007199254740992", "1.0", "1", "1e3", "1000", "-0", "0"}) {
            const auto body = R"({"type":"a.b","id":)" + std::string{id} + "}";
            const Webhook webhook_4{"vercel", body};
            const auto response = co_await send(house, webhook_4);
            BOOST_TEST(!is_duplicate(response), id);
            const Webhook webhook_5{"vercel", body};
            const auto again = co_await send(house, webhook_5);
            BOOST_TEST(is_duplicate(again), id);
        }
        const auto events = co_await events_of(house);
        BOOST_TEST_REQUIRE(events.size() == 10U);
        BOOST_TEST(events[0]->external_id == "18446744073709551617");
        BOOST_TEST(events[4]->external_id == "1.0");
    });
}

// Goal: of CloudEvents source and id together are the id, in headers percent-decoded once, as on
// /v1/events.
BOOST_AUTO_TEST_CASE(cloud_events_are_known_by_source_and_id)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_provider(house, names("cloudevents"));
        const auto post = [&](const char* source, const char* id, const char* type) {
            return send(house, {"cloudevents",
                                "{}",
                                {{"ce-specversion", "1.0"},
                                 {"ce-source", source},
                                 {"ce-id", id},
                                 {"ce-type", type}}});
        };
        const auto first = co_await post("/shop%20one", "1", "a.b%2520c%C3%A9");
        BOOST_TEST(first.status == 200U);
        const auto other_source = co_await post("/shop%20two", "1", "a.b");
        BOOST_TEST(!is_duplicate(other_source));
        const auto again = co_await post("/shop%20one", "1", "a.b");
        BOOST_TEST(is_duplicate(again));
        const std::string structured_body
            = R"({"specversion":"1.0","source":"/shop two","id":"1","type":"a.b"})";
        const Webhook structured_event{"cloudevents", structured_body,
                                       one_header("Content-Type", "application/cloudevents+json")};
        const auto structured = co_await send(house, structured_event);
        BOOST_TEST(is_duplicate(structured));
        const auto events = co_await events_of(house);
        BOOST_TEST_REQUIRE(events.size() == 2U);
        BOOST_TEST(events[0]->external_id == "/shop one#1");
        BOOST_TEST(events[0]->type == "a.b%20c\xC3\xA9");
    });
}

// Goal: source and id stay two texts: a '#' in either makes no two events one, alone or in a batch.
BOOST_AUTO_TEST_CASE(cloud_events_with_fragments)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        co_await add_provider(house, names("cloudevents"));
        const auto event = [](const std::string& source, const std::string& id) {
            return R"({"specversion":"1.0","type":"a.b","source":")" + source + R"(","id":")" + id
                   + "\"}";
        };
        const std::vector<std::pair<std::string, std::string>> pairs{
            {"/s#a", "b"}, {"/s", "a#b"}, {"/s", "a%23b"}, {"/s", "a%2523b"}};
        for (const bool is_batch : {false, true}) {
            for (const auto& [source, id] : pairs) {
                const auto one = event(source, id);
                const auto other = event(source, id + "-2");
                const std::string type = is_batch ? "application/cloudevents-batch+json"
                                                  : "application/cloudevents+json";
                const std::string body = is_batch ? "[" + one + "," + other + "]" : one;
                const Webhook webhook{"cloudevents", body, one_header("Content-Type", type)};
                const auto response = co_await send(house, webhook);
                BOOST_TEST(response.status == 200U);
                BOOST_TEST(!is_duplicate(response), source << " " << id);
            }
        }
        const auto events = co_await events_of(house);
        BOOST_TEST_REQUIRE(events.size() == 8U);
        BOOST_TEST(events[0]->external_id == "/s#a#b");
        BOOST_TEST(events[1]->external_id == "/s#a%23b");
    });
}

BOOST_AUTO_TEST_SUITE_END()
