#include "hub/cli/declare/plan.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::cli::declare;

namespace {

namespace json = boost::json;

Document sound_document(const std::string& text)
{
    config::Mistakes mistakes;
    auto document = read_document(text, "hub.toml", mistakes);
    BOOST_TEST(mistakes.sentences().empty());
    return document;
}

constexpr const char* billing = R"([[subscriptions]]
name = "billing"
event_types = ["invoice.*"]
url = "https://billing.example/"
)";

/// The hub after it was made what the document says.
Rows rows_of(const Document& document)
{
    Rows rows;
    for (const auto& wish : document.wishes.front().rows)
        rows[wish.kind][wish.name] = {"id_" + wish.name, false, wish.shown};
    return rows;
}

std::vector<Step> plan(const std::string& text, const Rows& rows, bool prune = false,
                       std::vector<std::string> expected = {})
{
    config::Mistakes mistakes;
    auto steps = plan_tenant(sound_document(text).wishes.front(), rows, prune, mistakes);
    BOOST_TEST(mistakes.sentences() == expected, boost::test_tools::per_element());
    return steps;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cli_declare_plan)

// Goal: what is as the document says needs no step, and what is not there is made.
BOOST_AUTO_TEST_CASE(idempotent)
{
    const auto document = sound_document(billing);
    const auto made = plan(billing, {});
    BOOST_REQUIRE(made.size() == 1U);
    BOOST_TEST((made[0].verb == Verb::create));
    BOOST_TEST(plan(billing, rows_of(document)).empty());
    BOOST_TEST(plan_text({}) == "There is nothing to change.\n");
}

// Goal: a change names the member, old and new; the call has this member alone. What is left out
// goes back to its default.
BOOST_AUTO_TEST_CASE(changes)
{
    const auto rows = rows_of(sound_document(std::string{billing}
                                             + "in_flight = 4\nfilter = {payload = {n = "
                                               "1}}\n"));
    const auto steps = plan(std::string{billing} + "per_second = 2.5\n", rows);
    BOOST_REQUIRE(steps.size() == 1U);
    BOOST_TEST(plan_text(steps)
               == "~ subscription \"billing\"\n"
                  "    limits.in_flight: 4 → 16\n"
                  "    limits.per_second: 0 → 2.5\n"
                  "    filter: {\"payload\":{\"n\":1}} → (none)\n"
                  "0 to create, 1 to change, 0 to delete.\n");
    BOOST_TEST(steps[0].id == "id_billing");
    BOOST_TEST(json::value(steps[0].body)
               == json::parse(R"({"limits": {"in_flight": 16, "per_second": 2.5},
                                  "filter": null})"));
}

// Goal: a pause and the values of headers stay, since the document does not speak of them.
BOOST_AUTO_TEST_CASE(kept)
{
    const auto now = rows_of(sound_document(
        std::string{billing} + "status = \"paused\"\nheaders = {X-Team = \"blue\"}\n"));
    BOOST_TEST(plan(billing, now).empty());
    BOOST_TEST(plan(std::string{billing} + "headers = {X-Team = \"(hidden)\"}\n", now).empty());
    const auto resumed = plan(std::string{billing} + "status = \"active\"\n", now);
    BOOST_REQUIRE(resumed.size() == 1U);
    BOOST_TEST(json::value(resumed[0].body) == json::parse(R"({"status": "active"})"));
    const auto elsewhere = "[[subscriptions]]\nname = \"billing\"\nevent_types = [\"invoice.*\"]\n"
                           "url = \"https://other.example/\"\n";
    plan(elsewhere, now, false,
         {"hub.toml:1: its headers were given for another host: write them, or headers = {} for "
          "none"});
    plan(std::string{billing} + "headers = {X-Other = \"(hidden)\"}\n", now, false,
         {"hub.toml:1: give the value of the header \"X-Other\": the hub does not have it"});
}

// Goal: only --prune removes, last, and only of the kinds that the document speaks of.
BOOST_AUTO_TEST_CASE(prune)
{
    auto rows = rows_of(sound_document(billing));
    rows[&event_type_kind]["old"] = {"old", false, {{"name", "old"}}};
    rows[&subscription_kind]["gone"] = {"id_gone", false, {{"name", "gone"}}};
    rows[&subscription_kind]["bridge"] = {"id_bridge", true, {{"name", "bridge"}}};
    BOOST_TEST(plan(billing, rows).empty());
    const auto steps = plan(billing, rows, true);
    BOOST_REQUIRE(steps.size() == 1U);
    BOOST_TEST((steps[0].verb == Verb::remove));
    BOOST_TEST(steps[0].id == "id_gone");
    BOOST_TEST(plan("event_types = []\n" + std::string{billing}, rows, true).size() == 2U);
}

// Goal: each row after what it refers to.
BOOST_AUTO_TEST_CASE(order)
{
    const auto steps = plan(std::string{billing} + R"(
[[sources]]
name = "own"
schemes = ["mine"]

[schemes.mine]
algorithm = "token"
signature = { from = "bearer", encoding = "text" }

[[event_types]]
name = "invoice.paid"
)",
                            {});
    BOOST_REQUIRE(steps.size() == 4U);
    BOOST_TEST((steps[0].kind == &event_type_kind && steps[1].kind == &scheme_kind
                && steps[2].kind == &source_kind && steps[3].kind == &subscription_kind));
}

// Goal: what a setting made is refused, unless it is as the document says.
BOOST_AUTO_TEST_CASE(read_only)
{
    auto rows = rows_of(sound_document(billing));
    rows[&subscription_kind]["billing"].is_read_only = true;
    BOOST_TEST(plan(billing, rows).empty());
    plan(std::string{billing} + "in_flight = 1\n", rows, false,
         {"hub.toml:1: the subscription \"billing\" was made by a setting or a program: change it "
          "there"});
}

BOOST_AUTO_TEST_SUITE_END()
