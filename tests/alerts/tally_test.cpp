#include "hub/alerts/tally.hpp"

#include "tests/alerts/happenings.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::alerts;
using namespace katydid::alerts::test;
using namespace std::chrono_literals;

namespace {

Incident open_since(Timestamp at, bool is_degraded = false)
{
    return {happening(is_degraded ? degraded : dead, at), 1, is_degraded};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(alerts_tally)

// Regression: each of 100,000 dead deliveries was a read and a commit.
BOOST_AUTO_TEST_CASE(a_mass_failure_is_counted_in_memory)
{
    Tally tally;
    BOOST_TEST(!tally.count(0, happening(dead), Timestamp{}));
    tally.wrote(0, open_since({}), Timestamp{});
    for (int i = 1; i <= 4'000; ++i)
        BOOST_TEST(tally.count(0, happening(dead, Timestamp{i * 1ms}), Timestamp{i * 1ms}));
    const auto counted = tally.find(0, "sub_1");
    BOOST_TEST_REQUIRE(counted.has_value());
    BOOST_TEST(counted->times == 4'000U);
    BOOST_TEST((counted->last.at == Timestamp{4s}));
    BOOST_TEST(tally.all().size() == 1U);
}

// Goal: what was counted is written some seconds later, and only once.
BOOST_AUTO_TEST_CASE(it_is_written_now_and_then)
{
    Tally tally;
    tally.wrote(0, open_since({}), Timestamp{});
    BOOST_TEST(tally.count(0, happening(dead), Timestamp{4s}));
    BOOST_TEST(!tally.count(0, happening(dead), Timestamp{5s}));
    BOOST_TEST(tally.find(0, "sub_1").has_value());
    tally.wrote(0, open_since({}), Timestamp{5s});
    BOOST_TEST(!tally.find(0, "sub_1").has_value());
    BOOST_TEST(tally.count(0, happening(dead), Timestamp{6s}));
}

// Goal: what changes an incident is never only counted.
BOOST_AUTO_TEST_CASE(what_changes_it_is_not_counted)
{
    Tally tally;
    tally.wrote(0, open_since({}), Timestamp{});
    for (const auto* type : {"katydid.subscription.degraded", "katydid.subscription.recovered",
                             "katydid.subscription.disabled"})
        BOOST_TEST(!tally.count(0, happening(type), Timestamp{1s}), type);
    tally.wrote(0, open_since({}, true), Timestamp{});
    BOOST_TEST(tally.count(0, happening(degraded), Timestamp{1s}));
}

// Goal: alerts and subscriptions are told apart, and what ended is not open.
BOOST_AUTO_TEST_CASE(each_incident_by_itself)
{
    Tally tally;
    tally.wrote(0, open_since({}), Timestamp{});
    BOOST_TEST(!tally.count(1, happening(dead), Timestamp{1s}));
    BOOST_TEST(!tally.count(0, happening(dead, {}, "sub_2"), Timestamp{1s}));
    tally.ended(0, "sub_1");
    BOOST_TEST(!tally.count(0, happening(dead), Timestamp{1s}));
    tally.wrote(0, open_since({}), Timestamp{});
    tally.clear();
    BOOST_TEST(!tally.count(0, happening(dead), Timestamp{1s}));
}

BOOST_AUTO_TEST_SUITE_END()
