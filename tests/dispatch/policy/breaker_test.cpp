#include "hub/dispatch/policy/breaker.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::dispatch;
using namespace std::chrono_literals;

namespace {

Breaker::Options plain()
{
    Breaker::Options options;
    options.jitter = 0;
    options.cap_full = 8;
    return options;
}

/// Fails until it opens; returns the moment.
void open_it(Breaker& breaker, SteadyTime now)
{
    for (int i = 0; i < 10; ++i) breaker.record(true, breaker.epoch(), now, 0.5);
    BOOST_REQUIRE((breaker.state() == Breaker::State::open));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dispatch_breaker)

// Goal: a few failures, or few among many, open nothing.
BOOST_AUTO_TEST_CASE(minimum_count_and_ratio)
{
    Breaker breaker{plain()};
    const auto now = SteadyTime{1h};
    for (int i = 0; i < 9; ++i) breaker.record(true, breaker.epoch(), now, 0.5);
    BOOST_TEST((breaker.state() == Breaker::State::closed));
    Breaker mixed{plain()};
    for (int i = 0; i < 300; ++i) mixed.record(i % 3 == 0, mixed.epoch(), now, 0.5);
    BOOST_TEST((mixed.state() == Breaker::State::closed));
    BOOST_TEST(mixed.cap() == Breaker::unlimited);
}

// Goal: failures that lie outside the window are forgotten.
BOOST_AUTO_TEST_CASE(window_slides)
{
    Breaker breaker{plain()};
    auto now = SteadyTime{1h};
    for (int i = 0; i < 100; ++i, now += 4s) breaker.record(true, breaker.epoch(), now, 0.5);
    BOOST_TEST((breaker.state() == Breaker::State::closed));
}

// Goal: open, one probe, ramp 2, 4, 8, closed.
BOOST_AUTO_TEST_CASE(recovery)
{
    Breaker breaker{plain()};
    auto now = SteadyTime{1h};
    open_it(breaker, now);
    BOOST_TEST(breaker.cap() == 0U);
    breaker.advance(now + 29s);
    BOOST_TEST(breaker.cap() == 0U);
    now += 30s;
    breaker.advance(now);
    BOOST_TEST(breaker.cap() == 1U);
    BOOST_TEST((breaker.record(false, breaker.epoch(), now, 0.5) == Breaker::Change::answers));
    for (const std::uint32_t cap : {2U, 4U, 8U}) {
        BOOST_TEST(breaker.cap() == cap);
        for (std::uint32_t i = 0; i + 1 < cap; ++i)
            BOOST_TEST((breaker.record(false, breaker.epoch(), now, 0.5) == Breaker::Change::none));
        const auto change = breaker.record(false, breaker.epoch(), now, 0.5);
        BOOST_TEST((change == (cap == 8 ? Breaker::Change::recovered : Breaker::Change::none)));
    }
    BOOST_TEST((breaker.state() == Breaker::State::closed));
}

// Goal: a receiver that is known to be back is probed before its time; a closed breaker stays so.
BOOST_AUTO_TEST_CASE(probe_before_its_time)
{
    Breaker breaker{plain()};
    const auto now = SteadyTime{1h};
    breaker.probe_now(now);
    BOOST_TEST((breaker.state() == Breaker::State::closed));
    open_it(breaker, now);
    breaker.probe_now(now + 1s);
    BOOST_TEST(breaker.cap() == 1U);
}

// Goal: every failed probe doubles the wait, up to 15 minutes.
BOOST_AUTO_TEST_CASE(open_time_grows)
{
    Breaker breaker{plain()};
    auto now = SteadyTime{1h};
    open_it(breaker, now);
    for (const auto expected : {30s, 60s, 120s, 240s, 480s, 900s, 900s}) {
        BOOST_TEST((breaker.open_until() - now == expected));
        now = breaker.open_until();
        breaker.advance(now);
        breaker.record(true, breaker.epoch(), now, 0.5);
    }
}

// Goal: an attempt that hung through the open time says nothing about the probe.
BOOST_AUTO_TEST_CASE(stragglers_are_ignored)
{
    Breaker breaker{plain()};
    const auto old_epoch = breaker.epoch();
    auto now = SteadyTime{1h};
    open_it(breaker, now);
    now = breaker.open_until();
    breaker.advance(now);
    breaker.record(true, old_epoch, now, 0.5);
    BOOST_TEST((breaker.state() == Breaker::State::probing));
    breaker.record(false, old_epoch, now, 0.5);
    BOOST_TEST((breaker.state() == Breaker::State::probing));
}

BOOST_AUTO_TEST_CASE(restored_after_a_restart)
{
    Breaker breaker{plain()};
    const auto now = SteadyTime{1h};
    breaker.restore(3, now + 10s);
    BOOST_TEST(breaker.cap() == 0U);
    breaker.advance(now + 10s);
    breaker.record(true, breaker.epoch(), now + 10s, 0.5);
    BOOST_TEST((breaker.open_until() - (now + 10s) == 240s));
}

BOOST_AUTO_TEST_SUITE_END()
