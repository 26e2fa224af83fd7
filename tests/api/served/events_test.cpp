// Publishing in every form, following and event types, on a running hub.
#include "tests/hub/running_hub.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

namespace json = boost::json;

awaitable<http::ClientReply> post_as(ApiClient& person, std::string type, std::string body,
                                     Headers more = {})
{
    Call call{"POST", "/v1/events", std::move(body), std::move(more)};
    call.headers.push_back(person.authorisation());
    if (!type.empty()) call.headers.push_back({"Content-Type", std::move(type)});
    auto reply = co_await person.send(std::move(call));
    co_return reply;
}

std::string pointer_of(const http::ClientReply& reply)
{
    return text(json::parse(reply.body).at("errors").at(0), "pointer");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hub_events)

// Goal: a list and lines are stored whole or not at all, and answered in order; the bytes of `data`
// are what is stored.
BOOST_AUTO_TEST_CASE(many_at_once)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto list = co_await post_as(person, "application/json",
                                           R"([{"type":"a.b","data":{"n": 1.0 }},)"
                                           R"({"type":"a.c","id":"7","data":2}])");
        BOOST_REQUIRE(list.status == 202U);
        const auto answers = json::parse(list.body).as_array();
        BOOST_REQUIRE(answers.size() == 2U);
        const auto payload = co_await person.manage("GET", "/v1/events/" + text(answers[0], "id")
                                                               + "/payload");
        BOOST_TEST(payload.body == R"({"n": 1.0 })");
        BOOST_TEST(header_value(payload.headers, "Content-Security-Policy")
                   == "sandbox; default-src 'none'");
        BOOST_TEST(header_value(payload.headers, "X-Content-Type-Options") == "nosniff");

        const auto lines = co_await post_as(person, "application/x-ndjson",
                                            "{\"type\":\"a.c\",\"id\":\"7\",\"data\":2}\r\n\n"
                                            "{\"type\":\"a.c\",\"id\":\"7\",\"data\":3}\n");
        BOOST_REQUIRE(lines.status == 202U);
        const auto again = json::parse(lines.body);
        BOOST_TEST(again.at(0).at("duplicate").as_bool());
        BOOST_TEST(again.at(0).at("id") == answers[1].at("id"));
        BOOST_TEST(again.at(1).at("conflict").as_bool());

        const auto bad = co_await post_as(person, "application/x-ndjson",
                                          "{\"type\":\"a.d\",\"data\":2}\n{\"typ\":\"x\"}");
        BOOST_TEST(bad.status == 422U);
        BOOST_TEST(pointer_of(bad).starts_with("/1/"));
        const auto rows = co_await person.manage_as(200, "GET", "/v1/events?type=a.d");
        BOOST_TEST(rows.at("data").as_array().empty());
    });
}

// Goal: CloudEvents in the structured, batch and binary mode are the same event: a producer's id
// counts within its source.
BOOST_AUTO_TEST_CASE(cloud_events)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const std::string event = R"({"specversion":"1.0","id":"1","source":"/s","type":"c.d",)"
                                  R"("time":"2026-06-15T18:00:00Z","subject":"anna","x":true,)"
                                  R"("data":{"n": 1}})";
        const auto one = co_await post_as(person, "application/cloudevents+json; charset=utf-8",
                                          event);
        BOOST_REQUIRE(one.status == 202U);
        const auto id = text(json::parse(one.body), "id");
        const auto shown = co_await person.manage_as(200, "GET", "/v1/events/" + id);
        BOOST_TEST(text(shown, "occurred_at") == "2026-06-15T18:00:00.000Z");
        BOOST_TEST(text(shown, "subject") == "anna");
        BOOST_TEST(text(shown, "external_id") == "/s#1");
        for (const auto* pair : {R"("id":"b","source":"/s#a")", R"("id":"a#b","source":"/s")"}) {
            const auto apart = co_await post_as(person, "application/cloudevents+json",
                                                R"({"specversion":"1.0","type":"c.d",)"
                                                    + std::string{pair} + "}");
            BOOST_REQUIRE(apart.status == 202U);
            BOOST_TEST(!json::parse(apart.body).at("duplicate").as_bool(), pair);
        }

        const auto batch = co_await post_as(person, "application/cloudevents-batch+json",
                                            "[" + event + "]");
        BOOST_REQUIRE(batch.status == 202U);
        BOOST_TEST(json::parse(batch.body).at(0).at("duplicate").as_bool());
        Headers attributes{
            {"ce-specversion", "1.0"}, {"ce-id", "1"}, {"CE-Source", "/s"}, {"ce-type", "c.d"}};
        const auto binary = co_await post_as(person, "application/json", R"({"n": 1})",
                                             std::move(attributes));
        BOOST_REQUIRE(binary.status == 202U);
        BOOST_TEST(text(json::parse(binary.body), "id") == id);
        BOOST_TEST(json::parse(binary.body).at("duplicate").as_bool());

        const auto packed = co_await post_as(
            person, "application/cloudevents+json",
            R"({"specversion":"1.0","id":"2","source":"/s","type":"c.d","data_base64":"AAEC",)"
            R"("datacontenttype":"application/octet-stream"})");
        BOOST_REQUIRE(packed.status == 202U);
        const auto bytes = co_await person.manage(
            "GET", "/v1/events/" + text(json::parse(packed.body), "id") + "/payload");
        BOOST_TEST((bytes.body == std::string{"\0\1\2", 3}));
        const auto bad = co_await post_as(person, "application/cloudevents+json",
                                          R"({"specversion":"0.3","id":"2","source":"/s"})");
        BOOST_TEST(bad.status == 422U);
        BOOST_TEST(json::parse(bad.body).at("errors").as_array().size() == 2U);
    });
}

// Goal: a duplicate member is refused with its pointer, but within `data`, whose bytes
// are the publisher's.
BOOST_AUTO_TEST_CASE(members_twice)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto refused = co_await post_as(person, "",
                                              R"({"type":"a","data":1,"typ\u0065":"b"})");
        BOOST_TEST(refused.status == 422U);
        BOOST_TEST(pointer_of(refused) == "/type");
        const auto taken = co_await post_as(person, "", R"({"type":"a","data":{"x":1,"x":2}})");
        BOOST_TEST(taken.status == 202U);
    });
}

// Goal: a follower is answered as soon as there is something behind its cursor, and with an empty
// page when its time is over.
BOOST_AUTO_TEST_CASE(following)
{
    const Folder folder;
    auto settings = settings_in(folder);
    settings.loops = 2;
    run_with_hub(settings, [](ApiClient person) -> awaitable<> {
        const auto first = co_await person.manage_as(202, "POST", "/v1/events",
                                                     R"({"type":"a.b","data":1})");
        const auto base = "/v1/events?order=asc&after=" + text(first, "id");
        const auto nothing = co_await person.manage_as(200, "GET", base + "&wait=20ms");
        BOOST_TEST(nothing.at("data").as_array().empty());
        BOOST_TEST(text(nothing, "cursor") == text(first, "id"));

        const auto executor = co_await asio::this_coro::executor;
        for (int i = 0; i < 8; ++i) {  // on either loop
            std::optional<json::value> page;
            asio::steady_timer done{executor};
            done.expires_after(20s);
            asio::co_spawn(executor, person.manage_as(200, "GET", base + "&wait=20s"),
                           [&](std::exception_ptr failure, json::value value) {
                               if (!failure) page = std::move(value);
                               done.cancel();
                           });
            co_await person.manage_as(202, "POST", "/v1/events", R"({"type":"a.c","data":2})");
            if (!page) co_await done.async_wait(use_tuple);  // it may be there already
            BOOST_REQUIRE(page.has_value());
            BOOST_TEST(!page->at("data").as_array().empty());
        }
        const auto refused = co_await person.manage("GET", "/v1/events?wait=5s");
        BOOST_TEST(refused.status == 422U);
        const auto too_long = co_await person.manage("GET", base + "&wait=31s");
        BOOST_TEST(too_long.status == 422U);
    });
}

// Goal: data that does not fit its type's schema is refused for published and for received events
// alike, where the tenant says so; in the mode `warn` and `off` it is taken.
BOOST_AUTO_TEST_CASE(schemas_at_intake)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        co_await person.manage_as(
            201, "POST", "/v1/event-types",
            R"({"name":"github.push","schema":{"type":"object","required":["ref"],"properties":)"
            R"({"ref":{"type":"string","pattern":"^refs/"}}}})");
        const std::string bad = R"({"type":"github.push","data":{"ref":"main"}})";
        co_await person.manage_as(202, "POST", "/v1/events", bad);
        co_await person.manage_as(200, "PATCH", "/v1/tenants/default", R"({"schema_mode":"warn"})");
        co_await person.manage_as(202, "POST", "/v1/events", bad);
        co_await person.manage_as(200, "PATCH", "/v1/tenants/default",
                                  R"({"schema_mode":"reject"})");
        const auto refused = co_await person.manage("POST", "/v1/events", bad);
        BOOST_TEST(refused.status == 422U);
        BOOST_TEST(pointer_of(refused) == "/data/ref");
        const auto many = co_await person.manage(
            "POST", "/v1/events", R"([{"type":"x","data":1},{"type":"github.push","data":{}}])");
        BOOST_TEST(many.status == 422U);
        BOOST_TEST(pointer_of(many) == "/1/data/ref");

        co_await person.make_source("standard", "standard-webhooks",
                                    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        const auto scheme = signing::find_scheme("standard-webhooks");
        const auto webhook = co_await person.post_signed("standard", *scheme,
                                                         "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                                                         R"({"type":"github.push","ref":"main"})");
        BOOST_TEST(webhook.status == 422U);
        BOOST_TEST(webhook.body.find("/ref") != std::string::npos);
        co_await person.manage_as(204, "DELETE", "/v1/event-types/github.push");
        co_await person.manage_as(202, "POST", "/v1/events", bad);
    });
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto tenant = co_await person.manage_as(200, "GET", "/v1/tenants/default");
        BOOST_TEST(text(tenant, "schema_mode") == "reject");
    });
}

// Goal: a test goes to its subscription alone, whatever types that wants.
BOOST_AUTO_TEST_CASE(testing_a_subscription)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        std::string path;
        for (const char* name : {"one", "two"}) {
            const json::object body{{"name", name},
                                    {"event_types", json::array{json::value("x.y")}},
                                    {"handler", json::object{{"url", inbox.url()}}}};
            const auto made = co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                                        json::serialize(body));
            path = "/v1/subscriptions/" + text(made, "id");
        }
        const auto answer = co_await person.manage_as(202, "POST", path + "/test");
        BOOST_TEST(answer.at("deliveries").to_number<int>() == 1);
        const auto request = co_await inbox.next();
        BOOST_TEST(request.header("katydid-event-type") == "katydid.test");
        co_await inbox.close();
    });
}

// Goal: what waits is told with its age, and how soon the latest deliveries were attempted; a
// delivery that was never attempted is none of those.
BOOST_AUTO_TEST_CASE(what_waits_and_how_soon_it_is_tried)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        Inbox inbox{executor};
        const auto before = co_await person.manage_as(200, "GET", "/v1/stats/now");
        BOOST_TEST(before.at("waiting_since").is_null());
        BOOST_TEST(before.at("first_attempt").is_null());

        std::string held;
        for (const char* name : {"held", "open"}) {
            const json::object body{{"name", name},
                                    {"event_types", json::array{json::value(name)}},
                                    {"handler", json::object{{"url", inbox.url()}}}};
            const auto made = co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                                        json::serialize(body));
            if (held.empty()) held = text(made, "id");
        }
        co_await person.manage_as(200, "POST", "/v1/subscriptions/" + held + "/pause");
        for (const std::string type : {"held", "held", "open"})
            co_await person.manage_as(202, "POST", "/v1/events",
                                      R"({"type":")" + type + R"(","data":1})");
        const auto after = co_await person.wait_for("/v1/stats/now", [](const json::value& now) {
            return !now.at("first_attempt").is_null();
        });
        BOOST_TEST(after.at("first_attempt").at("deliveries").to_number<int>() == 1);
        const auto waiting = co_await person.manage_as(
            200, "GET", "/v1/deliveries?state=pending&subscription=" + held);
        const auto& rows = waiting.at("data").as_array();
        BOOST_REQUIRE(rows.size() == 2U);
        BOOST_TEST(text(after, "waiting_since") == text(rows.back(), "created_at"));
        co_await inbox.close();
    });
}

// Goal: counts over time say what happened, in the width that is asked for.
BOOST_AUTO_TEST_CASE(counts_over_time)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        for (int i = 0; i < 3; ++i)
            co_await person.manage_as(202, "POST", "/v1/events", R"({"type":"a","data":1})");
        for (const std::string width : {"1m", "5m", "1h", "1d"}) {
            const auto stats = co_await person.manage_as(200, "GET", "/v1/stats?bucket=" + width);
            std::int64_t accepted = 0;
            for (const auto& bucket : stats.at("buckets").as_array())
                accepted += bucket.at("accepted").to_number<std::int64_t>();
            BOOST_TEST(accepted == 3);
        }
        const auto wrong = co_await person.manage("GET", "/v1/stats?bucket=2m");
        BOOST_TEST(wrong.status == 422U);
    });
}

BOOST_AUTO_TEST_SUITE_END()
