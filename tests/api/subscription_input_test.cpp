#include "hub/api/subscription_input.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::api;

namespace {

std::optional<SubscriptionInput> read(std::string_view text, std::vector<Fault>& faults)
{
    http::EgressPolicy egress;
    egress.allowed.push_back(*http::parse_network("127.0.0.0/8"));
    return read_subscription(boost::json::parse(text).as_object(), egress, faults);
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

// Goal: each fault is refused with the pointer to it; nothing is accepted and ignored.
BOOST_AUTO_TEST_CASE(faults_by_pointer)
{
    struct Row {
        const char* body;
        const char* pointer;
    };
    constexpr auto ok = R"("name":"a","event_types":["*"],)";
    constexpr auto handler = R"("handler":{"url":"http://127.0.0.1:1/"})";
    for (
        const auto& row :
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
          Row{R"(,"retry":{"delays":["soon"]})", "/retry/delays"},
          Row{R"(,"dialect":"raw","secret":"s")", "/secret"},
          Row{R"(,"timeout":"0s")", "/timeout"}}) {
        std::vector<Fault> faults;
        BOOST_TEST(!read(std::string{"{"} + ok + handler + row.body + "}", faults).has_value());
        BOOST_REQUIRE(!faults.empty());
        BOOST_TEST(faults.front().pointer == row.pointer);
    }
}

BOOST_AUTO_TEST_SUITE_END()
