// The widget's figures: who gets them, and what they are.
#include "tests/bridge/bridge_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace katydid;
using namespace katydid::test;

namespace {

namespace json = boost::json;

const std::string page = "https://app.example";

std::string make_token(const BridgeFixture& lab, const std::string& more = {})
{
    const auto body = R"({"widget":"analytics","event_id":"evt_1","origins":[")" + page + "\"]"
                      + more + "}";
    const auto made = lab.call("POST", "/v1/embed-tokens", lab.to_grasshopper, body);
    BOOST_REQUIRE(made.status == 201U);
    return made.text("token");
}

Answered ask(const BridgeFixture& lab, const std::string& token, const std::string& event,
             const std::string& origin)
{
    Headers headers;
    if (!origin.empty()) headers.push_back({"Origin", origin});
    return lab.call("GET", "/embed/analytics?event_id=" + event, token, {}, headers);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_embeds)

// Goal: a token of another event, origin or time, or of a key that was revoked, gets nothing.
BOOST_AUTO_TEST_CASE(a_token_is_for_one_event_and_origin)
{
    const BridgeFixture lab;
    const auto token = make_token(lab);
    const auto good = ask(lab, token, "evt_1", page);
    BOOST_TEST(good.status == 200U);
    BOOST_TEST(good.header("access-control-allow-origin") == page);
    BOOST_TEST(good.header("cache-control") == "no-store");

    BOOST_TEST(ask(lab, token, "evt_2", page).status == 403U);
    for (const std::string origin :
         {"", "https://app.example.evil", "http://app.example", "null"}) {
        const auto elsewhere = ask(lab, token, "evt_1", origin);
        BOOST_TEST(elsewhere.status == 403U, origin);
        BOOST_TEST(elsewhere.header("access-control-allow-origin") == "");
    }
    BOOST_TEST(ask(lab, "ke_" + token.substr(4), "evt_1", page).status == 401U);
    BOOST_TEST(ask(lab, lab.to_grasshopper, "evt_1", page).status == 401U);

    const auto brief = make_token(lab, R"(,"expires_in":"1ms")");
    const auto end = std::chrono::system_clock::now() + std::chrono::milliseconds{2};
    while (std::chrono::system_clock::now() < end) {}
    const auto late = ask(lab, brief, "evt_1", page);
    BOOST_TEST(late.status == 401U);
    BOOST_TEST(late.header("access-control-allow-origin") == page);

    const auto before = lab.call("OPTIONS", "/embed/analytics", token, {}, {{"Origin", page}});
    BOOST_TEST(before.status == 204U);
    BOOST_TEST(before.header("access-control-allow-headers") == "authorization");
}

// Goal: only Grasshopper's key makes tokens, for origins that are some, and for a day at most.
BOOST_AUTO_TEST_CASE(who_makes_tokens)
{
    const BridgeFixture lab;
    const std::string good
        = R"({"widget":"analytics","event_id":"evt_1","origins":["https://app.example"]})";
    BOOST_TEST(lab.call("POST", "/v1/embed-tokens", lab.to_atlvs, good).status == 403U);
    for (const std::string wrong :
         {R"({"widget":"other","event_id":"e","origins":["https://a.example"]})",
          R"({"widget":"analytics","event_id":"e","origins":[]})",
          R"({"widget":"analytics","event_id":"e","origins":["*"]})",
          R"({"widget":"analytics","event_id":"e","origins":["http://app.example"]})",
          R"({"widget":"analytics","event_id":"e","origins":["https://app.example/"]})",
          R"({"widget":"analytics","event_id":"e","origins":["https://a.example"],)"
          R"("expires_in":"2d"})"})
        BOOST_TEST(lab.call("POST", "/v1/embed-tokens", lab.to_grasshopper, wrong).status == 422U,
                   wrong);
}

// Goal: sales that passed through the hub and ATLVS's figures are shown, marked as stale while
// ATLVS is down.
BOOST_AUTO_TEST_CASE(figures_with_atlvs_up_and_down)
{
    BridgeFixture lab{{{"KATYDID_BRIDGE_FRESH_MAX", "1ms"}}};
    const auto token = make_token(lab);
    BOOST_TEST(lab.post("/api/business/sales", sale_body("evt_1", 4)).status < 300U);
    BOOST_TEST(lab.post("/api/business/sales", sale_body("evt_2", 9)).status < 300U);
    const auto up = ask(lab, token, "evt_1", page);
    BOOST_REQUIRE(up.status == 200U);
    const auto& sales = up.body.at("sales");
    BOOST_TEST(sales.at("tickets").to_number<int>() == 4);
    BOOST_TEST(sales.at("is_complete").as_bool());
    BOOST_TEST(up.text("platform") == "fresh");
    BOOST_TEST(up.body.at("budget").at("planned").to_number<int>() == 40'000);

    lab.atlvs.stop();
    lab.wait_until([&] { return ask(lab, token, "evt_1", page).text("platform") == "stale"; },
                   "figures that are marked as stale");
    lab.atlvs.start();
}

// Goal: people see both platforms, what is cached and the writes between them.
BOOST_AUTO_TEST_CASE(the_bridge_is_shown)
{
    const BridgeFixture lab;
    const auto reader = lab.make_key("subscriptions:read");
    const auto events = lab.make_key("events:read");
    BOOST_TEST(lab.get("/api/intelligence/analytics?eventId=evt_1").status == 200U);
    BOOST_TEST(lab.post("/api/production/events", event_body("evt_1", "Night")).status < 300U);
    const auto shown = lab.call("GET", "/v1/bridge", reader);
    BOOST_REQUIRE(shown.status == 200U);
    const auto& platforms = shown.body.at("platforms").as_array();
    BOOST_TEST(platforms.at(0).at("name").as_string() == "atlvs");
    BOOST_TEST(platforms.at(0).at("reachable").as_bool());
    bool is_counted = false;
    for (const auto& reads : shown.body.at("reads").as_array())
        if (reads.at("tag").as_string() == "analytics")
            is_counted = reads.at("answers").to_number<int>()
                         <= 1;  // a webhook may have dropped it
    BOOST_TEST(is_counted);
    const auto operations = lab.call("GET", "/v1/bridge/operations?limit=1", events);
    BOOST_REQUIRE(operations.status == 200U);
    const auto& row = operations.body.at("data").at(0);
    BOOST_TEST(row.at("call").as_string() == "event");
}

BOOST_AUTO_TEST_SUITE_END()
