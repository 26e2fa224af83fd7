#include "hub/input/subscription_input.hpp"

#include "hub/input/schemas.hpp"

#include <boost/json.hpp>

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::input;

namespace {

std::optional<SubscriptionInput> read(std::string_view text, std::vector<Fault>& faults)
{
    http::EgressPolicy egress;
    egress.allowed.push_back(*http::parse_network("127.0.0.0/8"));
    const auto body = boost::json::parse(text);
    if (!check_schema("NewSubscription", body, faults)) return std::nullopt;
    return read_subscription(body.get_object(), {}, egress, faults);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(api_subscription_input)

BOOST_AUTO_TEST_CASE(whole_subscription)
{
    std::vector<Fault> faults;
    const auto input = read(
        R"({"name":"stock","sources":["atlvs"],"event_types":["resource.*"],
            "handler":{"kind":"endpoint","url":"http://127.0.0.1:9000/x","headers":{"X-A":"1"}},
            "dialect":"atlvs","secret":"s",
            "limits":{"in_flight":3,"ordering":"key","order_key":"/a"},
            "retry":{"delays":["5s","5m"],"age_max":"1h"},"timeout":"2s","status":"paused"})",
        faults);
    BOOST_REQUIRE(input.has_value());
    const auto& subscription = input->subscription;
    BOOST_TEST(subscription.limits.in_flight == 3U);
    BOOST_TEST((subscription.limits.ordering == Ordering::key));
    BOOST_TEST(subscription.retry.delays.size() == 2U);
    BOOST_TEST((subscription.timeout == milliseconds{2'000}));
    BOOST_TEST((subscription.status == SubscriptionStatus::paused));
    BOOST_TEST(input->secret->text() == "s");
}

// Goal: the hub's schedule is asked for in words that cannot be taken for "no retries".
BOOST_AUTO_TEST_CASE(the_hubs_schedule_is_null)
{
    std::vector<Fault> faults;
    const auto input = read(
        R"({"name":"a","event_types":["*"],"handler":{"url":"http://127.0.0.1/x"},
            "retry":{"delays":null,"age_max":"1h"}})",
        faults);
    BOOST_REQUIRE(input.has_value());
    BOOST_TEST(input->subscription.retry.delays.empty());
}

// Goal: null brings back what was before somebody chose: a document can take a line away.
BOOST_AUTO_TEST_CASE(null_is_the_default)
{
    std::vector<Fault> faults;
    const auto body = boost::json::parse(R"({"connect_timeout":null,"first_byte_timeout":null,
                                             "retry":{"age_max":null}})");
    BOOST_TEST(check_schema("ChangedSubscription", body, faults));
    Subscription base;
    base.connect_timeout = base.first_byte_timeout = milliseconds{5'000};
    base.retry.age_max = milliseconds{60'000};
    const auto changed = with_changes(body.as_object(), base, faults);
    BOOST_TEST(faults.empty());
    BOOST_TEST((changed.connect_timeout == Subscription{}.connect_timeout));
    BOOST_TEST((changed.first_byte_timeout == Subscription{}.first_byte_timeout));
    BOOST_TEST((changed.retry.age_max == RetrySettings{}.age_max));
}

// Goal: filter, limits and retry classes are read; each fault names its place.
BOOST_AUTO_TEST_CASE(filter_and_limits)
{
    std::vector<Fault> faults;
    const auto input = read(
        R"({"name":"a","event_types":["*"],"handler":{"url":"http://127.0.0.1/x"},
            "filter":{"payload":{"total":{"$gte":5}}},
            "limits":{"adaptive":true,"payload_bytes":1000},
            "retry":{"statuses":{"404":"full","5xx":"few","420-429":"dead"}},
            "connect_timeout":"1s","first_byte_timeout":"2s"})",
        faults);
    BOOST_REQUIRE(input.has_value());
    const auto& subscription = input->subscription;
    BOOST_TEST(subscription.filter == R"({"payload":{"total":{"$gte":5}}})");
    BOOST_TEST(subscription.limits.adaptive);
    BOOST_TEST(subscription.limits.payload_bytes == 1'000U);
    BOOST_REQUIRE(subscription.retry.statuses.size() == 3U);
    BOOST_TEST(subscription.retry.statuses[1].status_min == 500U);
    BOOST_TEST(subscription.retry.statuses[2].status_max == 429U);
    BOOST_TEST((subscription.retry.statuses[2].retry == RetryClass::dead));
    BOOST_TEST((subscription.first_byte_timeout == milliseconds{2'000}));
    BOOST_TEST(!read(
        R"({"name":"a","event_types":["*"],"handler":{"url":"http://127.0.0.1/x"},
            "filter":{"payload":{"a":{"$like":"x"}}},
            "retry":{"statuses":{"504-500":"dead"}}})",
        faults));
    BOOST_REQUIRE(faults.size() == 2U);
    BOOST_TEST(faults[0].pointer == "/retry/statuses/504-500");
    BOOST_TEST(faults[1].pointer == "/filter/payload/a/$like");
}

// Goal: a PATCH changes what it names and nothing else.
BOOST_AUTO_TEST_CASE(patch)
{
    std::vector<Fault> faults;
    http::EgressPolicy egress;
    Subscription base;
    base.id = SubscriptionId{IdBytes{1}};
    base.name = "a";
    base.event_types = {"x.*"};
    base.filter = R"({"payload":{"a":1}})";
    base.handler.url = "https://example.com/x";
    base.limits.in_flight = 7;
    base.limits.per_second = 3;
    const auto change = [&](std::string_view text) {
        auto input = read_subscription(boost::json::parse(text).as_object(), base, egress, faults);
        BOOST_REQUIRE(input.has_value());
        return input->subscription;
    };
    const auto limited = change(R"({"limits":{"in_flight":2}})");
    BOOST_TEST(limited.limits.in_flight == 2U);
    BOOST_TEST(limited.limits.per_second == 3);
    BOOST_TEST(limited.handler.url == base.handler.url);
    BOOST_TEST(limited.filter == base.filter);
    BOOST_TEST(change(R"({"filter":null})").filter.empty());
    BOOST_TEST((change(R"({"status":"paused"})").status == SubscriptionStatus::paused));
    BOOST_TEST(change(R"({"handler":{"headers":{"X-A":"1"}}})").handler.url == base.handler.url);
}

// Goal: each fault is refused with the pointer to it; nothing is accepted and ignored.
BOOST_AUTO_TEST_CASE(faults_by_pointer)
{
    struct Row {
        const char* body;
        const char* pointer;
    };
    constexpr auto ok = R"("name":"a","event_types":["*"],)";
    constexpr auto handler = R"("handler":{"url":"http://127.0.0.1:1/"})";
    for (const auto& row :
         {Row{R"("event_types":["*"],"handler":{"url":"http://127.0.0.1:1/"})", "/name"},
          Row{R"("name":"a","handler":{"url":"http://127.0.0.1:1/"})", "/event_types"},
          Row{R"("name":"a","event_types":["a*"],"handler":{"url":"http://127.0.0.1:1/"})",
              "/event_types"},
          Row{R"("name":"a","event_types":["*"])", "/handler"},
          Row{R"("name":"a","event_types":["*"],"handler":{"url":"http://10.0.0.1/"})",
              "/handler/url"},
          Row{R"("name":"a","event_types":["*"],)"
              R"("handler":{"url":"http://127.0.0.1:1/","headers":{"Host":"x"}})",
              "/handler/headers"},
          Row{R"("name":"a","event_types":["*"],)"
              R"("handler":{"url":"http://127.0.0.1:1/","verb":"GET"})",
              "/handler/verb"}}) {
        std::vector<Fault> faults;
        BOOST_TEST(!read(std::string{"{"} + row.body + "}", faults).has_value());
        BOOST_REQUIRE(!faults.empty());
        BOOST_TEST(faults.front().pointer == row.pointer);
    }
    for (const auto& row :
         {Row{R"(,"dialect":"soap")", "/dialect"}, Row{R"(,"colour":1)", "/colour"},
          Row{R"(,"limits":{"in_flight":0})", "/limits/in_flight"},
          Row{R"(,"retry":{"delays":["soon"]})", "/retry/delays/0"},
          Row{R"(,"retry":{"delays":[]})", "/retry/delays"},
          Row{R"(,"signature":"")", "/signature"}, Row{R"(,"timeout":"0s")", "/timeout"}}) {
        std::vector<Fault> faults;
        BOOST_TEST(!read(std::string{"{"} + ok + handler + row.body + "}", faults).has_value());
        BOOST_REQUIRE(!faults.empty());
        BOOST_TEST(faults.front().pointer == row.pointer);
    }
}

BOOST_AUTO_TEST_SUITE_END()
