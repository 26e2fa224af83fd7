#include "hub/dispatch/policy/adaptive_limit.hpp"

#include "tests/dispatch/scheduler/scheduler_harness.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::dispatch;
using namespace katydid::test;
using namespace std::chrono_literals;

using Sign = AdaptiveLimit::Sign;

BOOST_AUTO_TEST_SUITE(dispatch_adaptive_limit)

// Goal: halved by each wish for less, at least one, and one more for every window of successes.
BOOST_AUTO_TEST_CASE(halves_and_grows)
{
    AdaptiveLimit limit;
    limit.configure(true, 16);
    for (const std::uint32_t expected : {8U, 4U, 2U, 1U, 1U}) {
        limit.record(Sign::asks_for_less, limit.epoch());
        BOOST_TEST(limit.current() == expected);
    }
    for (std::uint32_t current = 1; current < 16; ++current) {
        for (std::uint32_t i = 0; i < current; ++i) {
            BOOST_TEST(limit.current() == current);
            limit.record(Sign::success, limit.epoch());
        }
    }
    for (int i = 0; i < 100; ++i) limit.record(Sign::success, limit.epoch());
    BOOST_TEST(limit.current() == 16U);
}

// Goal: sixteen timeouts of one burst halve once; failures that say nothing change nothing.
BOOST_AUTO_TEST_CASE(one_burst_halves_once)
{
    AdaptiveLimit limit;
    limit.configure(true, 16);
    const auto epoch = limit.epoch();
    for (int i = 0; i < 16; ++i) limit.record(Sign::asks_for_less, epoch);
    BOOST_TEST(limit.current() == 8U);
    for (int i = 0; i < 100; ++i) limit.record(Sign::neither, limit.epoch());
    BOOST_TEST(limit.current() == 8U);
}

// Goal: a lower limit holds at once, a higher one only where the receiver bore the old one.
BOOST_AUTO_TEST_CASE(changed_at_run_time)
{
    AdaptiveLimit limit;
    limit.configure(true, 16);
    limit.configure(true, 32);
    BOOST_TEST(limit.current() == 32U);
    limit.record(Sign::asks_for_less, limit.epoch());
    limit.configure(true, 64);
    BOOST_TEST(limit.current() == 16U);
    limit.configure(true, 4);
    BOOST_TEST(limit.current() == 4U);
    limit.configure(false, 64);
    limit.record(Sign::asks_for_less, limit.epoch());
    limit.configure(true, 64);
    BOOST_TEST(limit.current() == 64U);
}

// Goal: the scheduler sends no more at a time than the receiver bears; without opt-in it does not
// care.
BOOST_AUTO_TEST_CASE(in_the_scheduler)
{
    for (const bool adaptive : {true, false}) {
        SchedulerHarness harness;
        auto subscription = make_subscription(1);
        subscription->limits.adaptive = adaptive;
        subscription->limits.in_flight = 8;
        subscription->retry.delays.assign(50, milliseconds{1h});
        harness.put(subscription);
        for (int i = 0; i < 200; ++i) harness.arrive(1);
        harness.step();
        BOOST_TEST(harness.running.size() == 8U);
        harness.end_all({AttemptClass::throttled, 429, "busy", {}, std::nullopt, false});
        harness.step();
        BOOST_TEST(harness.running.size() == (adaptive ? 4U : 8U));
        const auto state = harness.scheduler.state_of(subscription->id, harness.now());
        BOOST_REQUIRE(state.has_value());
        BOOST_TEST(state->adaptive_limit == (adaptive ? 4U : 0U));
        BOOST_TEST(state->in_flight_limit == (adaptive ? 4U : 8U));
        for (std::size_t expected = 5; adaptive && expected <= 8; ++expected) {
            harness.end_all(Outcome::delivered());
            harness.step();
            BOOST_TEST(harness.running.size() == expected);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
