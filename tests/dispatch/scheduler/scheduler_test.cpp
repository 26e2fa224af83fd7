#include "hub/dispatch/scheduler/scheduler.hpp"

#include "tests/dispatch/scheduler/scheduler_harness.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::dispatch;
using namespace katydid::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(dispatch_scheduler)

// Goal: work is sent, its result settled, and nothing is left in memory.
BOOST_AUTO_TEST_CASE(one_delivery)
{
    SchedulerHarness harness;
    harness.put(make_subscription(1));
    const auto id = harness.arrive(1);
    harness.step();
    BOOST_REQUIRE(harness.running.size() == 1U);
    harness.advance(250ms);
    harness.end(id, Outcome::delivered());
    harness.step();
    const auto& row = harness.store.row(id);
    BOOST_TEST((row.delivery.state == DeliveryState::delivered));
    BOOST_REQUIRE(row.attempts.size() == 1U);
    BOOST_TEST(row.attempts[0].duration.count() == 250);
    BOOST_TEST(row.attempts[0].number == 1U);
    BOOST_TEST(harness.scheduler.memory().works() == 0U);
    BOOST_TEST(harness.scheduler.memory().bytes() == 0U);
    BOOST_TEST(!harness.scheduler.wake_at(harness.now()).has_value());
}

// Goal: never more attempts than the subscription allows, and the next one as soon as one ends.
BOOST_AUTO_TEST_CASE(limit_in_flight)
{
    SchedulerHarness harness;
    harness.put_one(3);
    for (int i = 0; i < 10; ++i) harness.arrive(1);
    for (std::size_t ended = 0; ended < 10; ++ended) {
        harness.step();
        BOOST_TEST(harness.running.size() == std::min<std::size_t>(3, 10 - ended));
        harness.end(harness.running.begin()->first, Outcome::delivered());
    }
    harness.step();
    BOOST_TEST(harness.store.count(DeliveryState::delivered) == 10U);
}

// Goal: limits of tenant and hub hold across subscriptions, also when they change.
BOOST_AUTO_TEST_CASE(shares)
{
    Scheduler::Options options;
    options.shares = {6, 4};
    SchedulerHarness harness{options};
    for (std::uint8_t n = 1; n <= 4; ++n) harness.put(make_subscription(n, n <= 2 ? 1 : 2));
    for (std::uint8_t n = 1; n <= 4; ++n)
        for (int i = 0; i < 10; ++i) harness.arrive(n);
    harness.step();
    BOOST_TEST(harness.running.size() == 6U);
    BOOST_TEST(harness.running_of_tenant(1) == 3U);
    harness.scheduler.set_shares({8, 5});
    harness.step();
    BOOST_TEST(harness.running.size() == 8U);
    BOOST_TEST(harness.running_of_tenant(1) <= 5U);
    harness.scheduler.set_shares({2, 2});
    while (harness.running.size() > 2)
        harness.end(harness.running.begin()->first, Outcome::delivered());
    harness.step();
    BOOST_TEST(harness.running.size() == 2U);
}

// Goal: a failure is written with its due time and sent again then, neither sooner nor by polling.
BOOST_AUTO_TEST_CASE(retry_at_its_time)
{
    SchedulerHarness harness;
    harness.put(make_subscription(1));
    const auto id = harness.arrive(1);
    harness.step();
    harness.end(id, Outcome::failed("no"));
    harness.step();
    const auto& delivery = harness.store.row(id).delivery;
    BOOST_TEST((delivery.state == DeliveryState::scheduled));
    BOOST_TEST((delivery.lane == Lane::retry));
    const auto wake = harness.scheduler.wake_at(harness.now());
    BOOST_REQUIRE(wake.has_value());
    const auto wait = std::chrono::duration_cast<milliseconds>(*wake - harness.now().steady);
    BOOST_TEST(wait.count() >= 4'000);
    BOOST_TEST(wait.count() <= 6'000);
    harness.advance(wait - 1ms);
    harness.step();
    BOOST_TEST(harness.running.empty());
    harness.advance(1ms);
    harness.step();
    BOOST_TEST(harness.running.size() == 1U);
    harness.end(id, Outcome::delivered());
    harness.step();
    BOOST_TEST(harness.store.row(id).attempts.size() == 2U);
}

// Goal: Retry-After holds the whole endpoint, and what waits leaves the memory meanwhile.
BOOST_AUTO_TEST_CASE(retry_after_holds_everything)
{
    SchedulerHarness harness;
    harness.put_one(1);
    const auto first = harness.arrive(1);
    for (int i = 0; i < 5; ++i) harness.arrive(1);
    harness.step();
    Outcome busy{AttemptClass::throttled, 429, "busy", {}, milliseconds{60s}, false};
    harness.end(first, busy);
    harness.step();
    harness.step();
    BOOST_TEST(harness.running.empty());
    BOOST_TEST(harness.scheduler.memory().works() == 0U);
    harness.advance(59s);
    harness.step();
    BOOST_TEST(harness.running.empty());
    harness.advance(1s);
    harness.step();
    harness.step();
    BOOST_TEST(harness.running.size() == 1U);
}

// Goal: paused work accumulates in the store and goes on when resumed; nothing is lost.
BOOST_AUTO_TEST_CASE(pause_and_resume)
{
    SchedulerHarness harness;
    auto subscription = make_subscription(1);
    harness.put(subscription);
    auto paused = std::make_shared<Subscription>(*subscription);
    paused->status = SubscriptionStatus::paused;
    harness.put(paused);
    for (int i = 0; i < 5; ++i) harness.arrive(1);
    harness.step();
    BOOST_TEST(harness.running.empty());
    BOOST_TEST(harness.store.claimed() == 0U);
    harness.put(subscription);
    harness.step();
    harness.step();
    BOOST_TEST(harness.running.size() == 5U);
}

// Goal: 410 stops the subscription at once and says so.
BOOST_AUTO_TEST_CASE(gone)
{
    SchedulerHarness harness;
    harness.put_one(1);
    const auto id = harness.arrive(1);
    harness.arrive(1);
    harness.step();
    harness.end(id, Outcome{AttemptClass::rejected, 410, "gone", {}, std::nullopt, false});
    harness.step();
    harness.step();
    BOOST_TEST(harness.running.empty());
    BOOST_TEST((harness.store.row(id).delivery.state == DeliveryState::dead));
    BOOST_TEST(harness.notices_of(SubscriptionNotice::Kind::gone) == 1U);
    BOOST_TEST(harness.store.claimed() == 0U);
}

// Goal: work for a subscription that nobody put, or whose handler is elsewhere, waits.
BOOST_AUTO_TEST_CASE(unknown_and_unattended)
{
    SchedulerHarness harness;
    auto subscription = make_subscription(1);
    harness.remember(subscription);
    harness.arrive(1);
    harness.step();
    BOOST_TEST(harness.store.claimed() == 0U);
    harness.scheduler.put_subscription(subscription, false, harness.now());
    harness.step();
    BOOST_TEST(harness.running.empty());
    harness.scheduler.put_subscription(subscription, true, harness.now());
    harness.step();
    harness.step();
    BOOST_TEST(harness.running.size() == 1U);
}

// Goal: a removed subscription is forgotten, its last attempt is still recorded.
BOOST_AUTO_TEST_CASE(removed)
{
    SchedulerHarness harness;
    const auto subscription = harness.put_one(1);
    const auto id = harness.arrive(1);
    harness.arrive(1);
    harness.step();
    harness.scheduler.remove_subscription(subscription->id, harness.now());
    harness.step();
    harness.end(id, Outcome::delivered());
    harness.step();
    harness.step();
    BOOST_TEST((harness.store.row(id).delivery.state == DeliveryState::delivered));
    BOOST_TEST(harness.scheduler.memory().works() == 0U);
    BOOST_TEST(!harness.scheduler.wake_at(harness.now()).has_value());
}

// Goal: while the store is not well nothing starts; then everything goes on.
BOOST_AUTO_TEST_CASE(store_not_well)
{
    SchedulerHarness harness;
    harness.put(make_subscription(1));
    harness.scheduler.set_running(false);
    harness.arrive(1);
    harness.step();
    BOOST_TEST(harness.running.empty());
    harness.scheduler.set_running(true);
    harness.step();
    BOOST_TEST(harness.running.size() == 1U);
}

// Goal: stopping gives back what was not tried and keeps what is in flight.
BOOST_AUTO_TEST_CASE(stop)
{
    SchedulerHarness harness;
    harness.put_one(2);
    for (int i = 0; i < 6; ++i) harness.arrive(1);
    harness.step();
    harness.scheduler.stop(harness.now());
    harness.step();
    BOOST_TEST(harness.store.claimed() == 2U);
    const auto first = harness.running.begin()->first;
    harness.end(first, Outcome::delivered());
    const auto second = harness.running.begin()->first;
    harness.interrupt(second);
    harness.step();
    BOOST_TEST(harness.store.claimed() == 0U);
    BOOST_TEST(harness.running.empty());
    const auto& row = harness.store.row(second);
    BOOST_TEST((row.delivery.state == DeliveryState::scheduled));
    BOOST_REQUIRE(row.attempts.size() == 1U);
    BOOST_TEST(row.attempts[0].error.starts_with("interrupted by shutdown"));
}

// Goal: an attempt that a shutdown cut off is recorded and numbered, and the schedule has as many
// steps as without it.
BOOST_AUTO_TEST_CASE(an_interrupted_attempt_burns_no_step)
{
    for (const int interruptions : {0, 1, 3}) {
        SchedulerHarness harness;
        auto subscription = make_subscription(1);
        subscription->retry.delays = {1s, 1s};
        harness.put(subscription);
        const auto id = harness.arrive(1);
        harness.step();
        for (int i = 0; i < interruptions; ++i) {
            harness.interrupt(id);
            harness.step();
        }
        std::size_t failures = 0;
        while (!harness.running.empty()) {
            harness.end(id, Outcome::failed("no"));
            ++failures;
            harness.step();
            harness.advance(2s);
            harness.step();
        }
        BOOST_TEST(failures == 3U);
        const auto& row = harness.store.row(id);
        BOOST_TEST((row.delivery.state == DeliveryState::dead));
        BOOST_TEST(row.attempts.size() == failures + static_cast<std::size_t>(interruptions));
    }
}

// Goal: the rate is exact in virtual time, whatever waits.
BOOST_AUTO_TEST_CASE(rate)
{
    SchedulerHarness harness;
    auto subscription = make_subscription(1);
    subscription->limits.per_second = 10;
    subscription->limits.burst = 2;
    subscription->limits.in_flight = 100;
    harness.put(subscription);
    for (int i = 0; i < 100; ++i) harness.arrive(1);
    std::size_t started = 0;
    for (int tick = 0; tick < 50; ++tick) {
        harness.step();
        started += harness.end_all(Outcome::delivered());
        harness.step();
        const auto wake = harness.scheduler.wake_at(harness.now());
        BOOST_REQUIRE(wake.has_value());
        harness.advance(std::chrono::ceil<milliseconds>(*wake - harness.now().steady));
    }
    BOOST_TEST(started == 2U + 49U);
    BOOST_TEST((harness.now().steady.time_since_epoch() == 5s));
}

// Goal: a failing receiver opens the breaker, which parks work without burning attempts, lets
// one probe through and ramps up.
BOOST_AUTO_TEST_CASE(breaker_parks_and_probes)
{
    Scheduler::Options options;
    options.breaker.jitter = 0;
    SchedulerHarness harness{options};
    auto subscription = make_subscription(1);
    subscription->retry.delays.assign(50, milliseconds{1s});
    harness.put(subscription);
    for (int i = 0; i < 40; ++i) harness.arrive(1);
    harness.step();
    BOOST_TEST(harness.running.size() == 16U);
    harness.end_all(Outcome::failed("down"));
    harness.step();
    harness.step();
    BOOST_TEST(harness.running.empty());
    BOOST_TEST(harness.notices_of(SubscriptionNotice::Kind::degraded) == 1U);
    BOOST_TEST(harness.store.claimed() == 0U);
    harness.advance(29s);
    harness.step();
    BOOST_TEST(harness.running.empty());
    harness.advance(1s);
    for (const std::size_t expected : {1U, 2U, 4U, 8U, 16U}) {
        for (int i = 0; i < 3; ++i) harness.step();
        BOOST_TEST(harness.running.size() == expected);
        harness.end_all(Outcome::delivered());
    }
}

// Goal: a flood of replays takes neither all slots nor the turn of fresh work.
BOOST_AUTO_TEST_CASE(replays_do_not_delay_fresh)
{
    SchedulerHarness harness;
    harness.put_one(8);
    for (int i = 0; i < 100; ++i) harness.arrive(1, Lane::replay);
    harness.step();
    BOOST_TEST(harness.running.size() == 6U);
    const auto fresh = harness.arrive(1);
    harness.step();
    BOOST_TEST(harness.running.contains(fresh));
}

// Goal: equal tenants get equal turns although one has a hundred times the work.
BOOST_AUTO_TEST_CASE(fair_between_tenants)
{
    Scheduler::Options options;
    options.shares = {4, 4};
    SchedulerHarness harness{options};
    harness.put(make_subscription(1, 1));
    harness.put(make_subscription(2, 2));
    for (int i = 0; i < 1'000; ++i) harness.arrive(1);
    for (int i = 0; i < 10; ++i) harness.arrive(2);
    std::size_t ended = 0;
    while (harness.store.count(DeliveryState::delivered) < 24) {
        harness.step();
        ended += harness.end_all(Outcome::delivered());
    }
    BOOST_TEST(harness.delivered_of(2) == 10U);
    BOOST_TEST(ended <= 28U);
}

// Goal: only a window is in memory; the rest stays in the store and everything arrives.
BOOST_AUTO_TEST_CASE(bounded_memory)
{
    Scheduler::Options options;
    options.memory = {200, 1024 * 1024};
    SchedulerHarness harness{options};
    for (std::uint8_t n = 1; n <= 5; ++n) harness.put(make_subscription(n));
    for (int i = 0; i < 500; ++i)
        for (std::uint8_t n = 1; n <= 5; ++n) harness.arrive(n);
    harness.step();
    std::size_t most = 0;
    while (harness.store.count(DeliveryState::delivered) < 2'500) {
        harness.step();
        most = std::max(most, harness.scheduler.memory().works());
        harness.end_all(Outcome::delivered());
    }
    BOOST_TEST(most <= 200U + 5 * 16);
    harness.step();
    BOOST_TEST(harness.scheduler.memory().works() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
