// What only the hub may say: names, types and headers.
#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::test;

namespace {

/// A provider whose type stands in the body.
constexpr const char* scheme = "algorithm = \"hmac-sha256\"\nmessage = \"{body}\"\n"
                               "signature = { from = \"header:X-Sig\", encoding = \"hex\" }\n"
                               "type = \"json:/type\"\nid = \"json:/id\"\n";

awaitable<void> make_provider(ApiClient& person)
{
    const boost::json::object described{{"name", "mine"}, {"toml", scheme}};
    co_await person.manage_as(201, "POST", "/v1/schemes", boost::json::serialize(described));
    co_await person.make_source("shop", "mine", "topsecret");
}

/// The id of the event that a webhook of that type and id becomes.
awaitable<std::string> send(ApiClient& person, std::string type, std::string id)
{
    const auto own = signing::load_scheme("mine", scheme).value();
    const boost::json::object body{{"type", type}, {"id", id}};
    const auto reply = co_await person.post_signed("shop", *own, "topsecret",
                                                   boost::json::serialize(body));
    BOOST_TEST_REQUIRE(reply.status == 200U);
    co_return text(boost::json::parse(reply.body), "id");
}

std::string subscription_to(const Inbox& inbox, const std::string& dialect,
                            const std::string& types)
{
    return R"({"name":")" + dialect + R"(","event_types":)" + types + R"(,"dialect":")" + dialect
           + R"(","handler":{"url":")" + inbox.url() + R"("}})";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(receive_served_internal_events)

// Goal: the hub's own names and types are refused from everybody else, by whichever way they come.
BOOST_AUTO_TEST_CASE(reserved)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        for (const std::string name :
             {"bridge", "BRIDGE-atlvs", "bridge-x", "katydid", "katydid-2"}) {
            const auto source = co_await person.manage_as(
                422, "POST", "/v1/sources", R"({"name":")" + name + R"(","schemes":["github"]})");
            BOOST_TEST(text(source.at("errors").at(0), "pointer") == "/name");
            const auto subscription = co_await person.manage_as(
                422, "POST", "/v1/subscriptions",
                R"({"name":")" + name
                    + R"(","event_types":["x"],"handler":{"url":"https://a.example/"}})");
            BOOST_TEST(text(subscription.at("errors").at(0), "pointer") == "/name");
        }
        const auto mine = co_await person.manage_as(
            201, "POST", "/v1/subscriptions",
            R"({"name":"mine","event_types":["x"],"handler":{"url":"https://a.example/"}})");
        co_await person.manage_as(422, "PATCH", "/v1/subscriptions/" + text(mine, "id"),
                                  R"({"name":"bridge-atlvs"})");
        for (const std::string type : {"bridge.sale", "katydid.delivery.dead"}) {
            co_await person.manage_as(422, "POST", "/v1/events",
                                      R"({"type":")" + type + R"(","data":{}})");
            Call event{"POST",
                       "/v1/events",
                       "{}",
                       {person.authorisation(),
                        {"ce-specversion", "1.0"},
                        {"ce-id", "1"},
                        {"ce-source", "/x"},
                        {"ce-type", type},
                        {"Content-Type", "application/json"}}};
            const auto reply = co_await person.send(std::move(event));
            BOOST_TEST(reply.status == 422U);
        }
    });
}

// Goal: a provider's event with a type of the hub's own is kept, under the provider's name, and a
// replay does not bring it to anybody whom it could not reach.
BOOST_AUTO_TEST_CASE(a_providers_type_of_that_kind)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        co_await make_provider(person);
        const auto watch = co_await person.manage_as(
            201, "POST", "/v1/subscriptions",
            R"({"name":"watch","event_types":["bridge.*","katydid.*"],)"
            R"("handler":{"url":"https://a.example/"}})");
        const auto watched = text(watch, "id");
        for (const std::string type : {"bridge.sale", "katydid.delivery.dead"}) {
            const auto id = co_await send(person, type, type);
            const auto event = co_await person.manage_as(200, "GET", "/v1/events/" + id);
            BOOST_TEST(text(event, "type") == "shop." + type);
            const auto deliveries = co_await person.manage_as(200, "GET",
                                                              "/v1/deliveries?event=" + id);
            BOOST_TEST(deliveries.at("data").as_array().empty());
            const auto refused = co_await person.manage_as(
                422, "POST", "/v1/events/" + id + "/replay",
                R"({"subscription":")" + watched + "\"}");
            BOOST_TEST(text(refused, "detail").find("would not get this") != std::string::npos);
        }
    });
}

// Goal: whatever a provider writes as its type, every dialect delivers the event, with a type that
// a header can carry.
BOOST_AUTO_TEST_CASE(every_type_is_delivered)
{
    const Folder folder;
    run_with_hub(settings_in(folder), [](ApiClient person) -> awaitable<> {
        co_await make_provider(person);
        const auto executor = co_await asio::this_coro::executor;
        Inbox standard{executor}, events{executor}, atlvs{executor}, raw{executor};
        for (const auto& [inbox, dialect] : {std::pair{&standard, "standard"},
                                             {&events, "cloudevents"},
                                             {&atlvs, "atlvs"},
                                             {&raw, "raw"}})
            co_await person.manage_as(201, "POST", "/v1/subscriptions",
                                      subscription_to(*inbox, dialect, R"(["*"])"));
        const std::string longest(200, 'x');
        int number = 0;
        for (const auto& [type, kept] :
             {std::pair<std::string, std::string>{"a\r\nX-Evil: 1", "a%0D%0AX-Evil:%201"},
              {std::string{"a\0b", 3}, "a%00b"},
              {"a\tb\x7F", "a%09b%7F"},
              {longest, longest},
              {std::string(5'000, 'x'), "shop.received"}}) {
            co_await send(person, type, std::to_string(++number));
            const auto plain = co_await standard.next();
            BOOST_TEST(plain.header("katydid-event-type") == kept);
            const auto cloud = co_await events.next();
            BOOST_TEST(!cloud.header("ce-type").empty());
            const auto partner = co_await atlvs.next();
            BOOST_TEST(partner.header("x-webhook-event") == kept);
            co_await raw.next();
        }
        const auto waiting = co_await person.wait_for(
            "/v1/deliveries?state=pending,scheduled,dead",
            [](const boost::json::value& page) { return page.at("data").as_array().empty(); });
        co_await standard.close();
        co_await events.close();
        co_await atlvs.close();
        co_await raw.close();
    });
}

BOOST_AUTO_TEST_SUITE_END()
