#include "hub/dispatch/scheduler.hpp"

#include "tests/dispatch/scheduler_walk.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::dispatch;
using namespace katydid::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(dispatch_scheduler)

// Goal: work is sent, its result settled, and nothing is left in memory.
BOOST_AUTO_TEST_CASE(one_delivery)
{
    Walk walk;
    walk.put(make_subscription(1));
    const auto id = walk.arrive(1);
    walk.step();
    BOOST_REQUIRE(walk.running.size() == 1U);
    walk.advance(250ms);
    walk.end(id, Outcome::delivered());
    walk.step();
    const auto& row = walk.store.row(id);
    BOOST_TEST((row.delivery.state == DeliveryState::delivered));
    BOOST_REQUIRE(row.attempts.size() == 1U);
    BOOST_TEST(row.attempts[0].duration.count() == 250);
    BOOST_TEST(row.attempts[0].number == 1U);
    BOOST_TEST(walk.scheduler.memory().works() == 0U);
    BOOST_TEST(walk.scheduler.memory().bytes() == 0U);
    BOOST_TEST(!walk.scheduler.wake_at(walk.now()).has_value());
}

// Goal: never more attempts than the subscription allows, and the next one as soon as one ends.
BOOST_AUTO_TEST_CASE(limit_in_flight)
{
    Walk walk;
    auto subscription = make_subscription(1);
    subscription->limits.in_flight = 3;
    walk.put(subscription);
    for (int i = 0; i < 10; ++i) walk.arrive(1);
    for (std::size_t ended = 0; ended < 10; ++ended) {
        walk.step();
        BOOST_TEST(walk.running.size() == std::min<std::size_t>(3, 10 - ended));
        walk.end(walk.running.begin()->first, Outcome::delivered());
    }
    walk.step();
    BOOST_TEST(walk.store.count(DeliveryState::delivered) == 10U);
}

// Goal: limits of tenant and hub hold across subscriptions, also when they change.
BOOST_AUTO_TEST_CASE(shares)
{
    Scheduler::Options options;
    options.shares = {6, 4};
    Walk walk{options};
    for (std::uint8_t n = 1; n <= 4; ++n) walk.put(make_subscription(n, n <= 2 ? 1 : 2));
    for (std::uint8_t n = 1; n <= 4; ++n)
        for (int i = 0; i < 10; ++i) walk.arrive(n);
    walk.step();
    BOOST_TEST(walk.running.size() == 6U);
    BOOST_TEST(walk.running_of_tenant(1) == 3U);
    walk.scheduler.set_shares({8, 5});
    walk.step();
    BOOST_TEST(walk.running.size() == 8U);
    BOOST_TEST(walk.running_of_tenant(1) <= 5U);
    walk.scheduler.set_shares({2, 2});
    while (walk.running.size() > 2) walk.end(walk.running.begin()->first, Outcome::delivered());
    walk.step();
    BOOST_TEST(walk.running.size() == 2U);
}

// Goal: a failure is written with its due time and sent again then, neither sooner nor by polling.
BOOST_AUTO_TEST_CASE(retry_at_its_time)
{
    Walk walk;
    walk.put(make_subscription(1));
    const auto id = walk.arrive(1);
    walk.step();
    walk.end(id, Outcome::failed("no"));
    walk.step();
    const auto& delivery = walk.store.row(id).delivery;
    BOOST_TEST((delivery.state == DeliveryState::scheduled));
    BOOST_TEST((delivery.lane == Lane::retry));
    const auto wake = walk.scheduler.wake_at(walk.now());
    BOOST_REQUIRE(wake.has_value());
    const auto wait = std::chrono::duration_cast<milliseconds>(*wake - walk.now().steady);
    BOOST_TEST(wait.count() >= 4'000);
    BOOST_TEST(wait.count() <= 6'000);
    walk.advance(wait - 1ms);
    walk.step();
    BOOST_TEST(walk.running.empty());
    walk.advance(1ms);
    walk.step();
    BOOST_TEST(walk.running.size() == 1U);
    walk.end(id, Outcome::delivered());
    walk.step();
    BOOST_TEST(walk.store.row(id).attempts.size() == 2U);
}

// Goal: Retry-After holds the whole endpoint, and what waits leaves the memory meanwhile.
BOOST_AUTO_TEST_CASE(retry_after_holds_everything)
{
    Walk walk;
    auto subscription = make_subscription(1);
    subscription->limits.in_flight = 1;
    walk.put(subscription);
    const auto first = walk.arrive(1);
    for (int i = 0; i < 5; ++i) walk.arrive(1);
    walk.step();
    Outcome busy{AttemptClass::throttled, 429, "busy", {}, milliseconds{60s}, false};
    walk.end(first, busy);
    walk.step();
    walk.step();
    BOOST_TEST(walk.running.empty());
    BOOST_TEST(walk.scheduler.memory().works() == 0U);
    walk.advance(59s);
    walk.step();
    BOOST_TEST(walk.running.empty());
    walk.advance(1s);
    walk.step();
    walk.step();
    BOOST_TEST(walk.running.size() == 1U);
}

// Goal: paused work accumulates in the store and goes on when resumed; nothing is lost.
BOOST_AUTO_TEST_CASE(pause_and_resume)
{
    Walk walk;
    auto subscription = make_subscription(1);
    walk.put(subscription);
    auto paused = std::make_shared<Subscription>(*subscription);
    paused->status = SubscriptionStatus::paused;
    walk.put(paused);
    for (int i = 0; i < 5; ++i) walk.arrive(1);
    walk.step();
    BOOST_TEST(walk.running.empty());
    BOOST_TEST(walk.store.claimed() == 0U);
    walk.put(subscription);
    walk.step();
    walk.step();
    BOOST_TEST(walk.running.size() == 5U);
}

// Goal: 410 stops the subscription at once and says so.
BOOST_AUTO_TEST_CASE(gone)
{
    Walk walk;
    auto subscription = make_subscription(1);
    subscription->limits.in_flight = 1;
    walk.put(subscription);
    const auto id = walk.arrive(1);
    walk.arrive(1);
    walk.step();
    walk.end(id, Outcome{AttemptClass::rejected, 410, "gone", {}, std::nullopt, false});
    walk.step();
    walk.step();
    BOOST_TEST(walk.running.empty());
    BOOST_TEST((walk.store.row(id).delivery.state == DeliveryState::dead));
    BOOST_TEST(walk.notices_of(Notice::Kind::gone) == 1U);
    BOOST_TEST(walk.store.claimed() == 0U);
}

// Goal: work for a subscription that nobody put, or whose handler is elsewhere, waits.
BOOST_AUTO_TEST_CASE(unknown_and_unattended)
{
    Walk walk;
    auto subscription = make_subscription(1);
    walk.remember(subscription);
    walk.arrive(1);
    walk.step();
    BOOST_TEST(walk.store.claimed() == 0U);
    walk.scheduler.put_subscription(subscription, false, walk.now());
    walk.step();
    BOOST_TEST(walk.running.empty());
    walk.scheduler.put_subscription(subscription, true, walk.now());
    walk.step();
    walk.step();
    BOOST_TEST(walk.running.size() == 1U);
}

// Goal: a removed subscription is forgotten, its last attempt is still recorded.
BOOST_AUTO_TEST_CASE(removed)
{
    Walk walk;
    auto subscription = make_subscription(1);
    subscription->limits.in_flight = 1;
    walk.put(subscription);
    const auto id = walk.arrive(1);
    walk.arrive(1);
    walk.step();
    walk.scheduler.remove_subscription(subscription->id, walk.now());
    walk.step();
    walk.end(id, Outcome::delivered());
    walk.step();
    walk.step();
    BOOST_TEST((walk.store.row(id).delivery.state == DeliveryState::delivered));
    BOOST_TEST(walk.scheduler.memory().works() == 0U);
    BOOST_TEST(!walk.scheduler.wake_at(walk.now()).has_value());
}

// Goal: while the store is not well nothing starts; then everything goes on.
BOOST_AUTO_TEST_CASE(store_not_well)
{
    Walk walk;
    walk.put(make_subscription(1));
    walk.scheduler.set_running(false);
    walk.arrive(1);
    walk.step();
    BOOST_TEST(walk.running.empty());
    walk.scheduler.set_running(true);
    walk.step();
    BOOST_TEST(walk.running.size() == 1U);
}

// Goal: stopping gives back what was not tried and keeps what is in flight.
BOOST_AUTO_TEST_CASE(stop)
{
    Walk walk;
    auto subscription = make_subscription(1);
    subscription->limits.in_flight = 2;
    walk.put(subscription);
    for (int i = 0; i < 6; ++i) walk.arrive(1);
    walk.step();
    walk.scheduler.stop(walk.now());
    walk.step();
    BOOST_TEST(walk.store.claimed() == 2U);
    const auto first = walk.running.begin()->first;
    walk.end(first, Outcome::delivered());
    const auto second = walk.running.begin()->first;
    walk.interrupt(second);
    walk.step();
    BOOST_TEST(walk.store.claimed() == 0U);
    BOOST_TEST(walk.running.empty());
    const auto& row = walk.store.row(second);
    BOOST_TEST((row.delivery.state == DeliveryState::scheduled));
    BOOST_REQUIRE(row.attempts.size() == 1U);
    BOOST_TEST(row.attempts[0].error.starts_with("interrupted by shutdown"));
}

// Goal: an attempt that a shutdown cut off is recorded and numbered, and the schedule has as many
// steps as without it.
BOOST_AUTO_TEST_CASE(an_interrupted_attempt_burns_no_step)
{
    for (const int interruptions : {0, 1, 3}) {
        Walk walk;
        auto subscription = make_subscription(1);
        subscription->retry.delays = {1s, 1s};
        walk.put(subscription);
        const auto id = walk.arrive(1);
        walk.step();
        for (int i = 0; i < interruptions; ++i) {
            walk.interrupt(id);
            walk.step();
        }
        std::size_t failures = 0;
        while (!walk.running.empty()) {
            walk.end(id, Outcome::failed("no"));
            ++failures;
            walk.step();
            walk.advance(2s);
            walk.step();
        }
        BOOST_TEST(failures == 3U);
        const auto& row = walk.store.row(id);
        BOOST_TEST((row.delivery.state == DeliveryState::dead));
        BOOST_TEST(row.attempts.size() == failures + static_cast<std::size_t>(interruptions));
    }
}

// Goal: the rate is exact in virtual time, whatever waits.
BOOST_AUTO_TEST_CASE(rate)
{
    Walk walk;
    auto subscription = make_subscription(1);
    subscription->limits.per_second = 10;
    subscription->limits.burst = 2;
    subscription->limits.in_flight = 100;
    walk.put(subscription);
    for (int i = 0; i < 100; ++i) walk.arrive(1);
    std::size_t started = 0;
    for (int tick = 0; tick < 50; ++tick) {
        walk.step();
        started += walk.end_all(Outcome::delivered());
        walk.step();
        const auto wake = walk.scheduler.wake_at(walk.now());
        BOOST_REQUIRE(wake.has_value());
        walk.advance(std::chrono::ceil<milliseconds>(*wake - walk.now().steady));
    }
    BOOST_TEST(started == 2U + 49U);
    BOOST_TEST((walk.now().steady.time_since_epoch() == 5s));
}

// Goal: a failing receiver opens the breaker, which parks work without burning attempts, lets
// one probe through and ramps up.
BOOST_AUTO_TEST_CASE(breaker_parks_and_probes)
{
    Scheduler::Options options;
    options.breaker.jitter = 0;
    Walk walk{options};
    auto subscription = make_subscription(1);
    subscription->retry.delays.assign(50, milliseconds{1s});
    walk.put(subscription);
    for (int i = 0; i < 40; ++i) walk.arrive(1);
    walk.step();
    BOOST_TEST(walk.running.size() == 16U);
    walk.end_all(Outcome::failed("down"));
    walk.step();
    walk.step();
    BOOST_TEST(walk.running.empty());
    BOOST_TEST(walk.notices_of(Notice::Kind::degraded) == 1U);
    BOOST_TEST(walk.store.claimed() == 0U);
    walk.advance(29s);
    walk.step();
    BOOST_TEST(walk.running.empty());
    walk.advance(1s);
    for (const std::size_t expected : {1U, 2U, 4U, 8U, 16U}) {
        for (int i = 0; i < 3; ++i) walk.step();
        BOOST_TEST(walk.running.size() == expected);
        walk.end_all(Outcome::delivered());
    }
}

// Goal: a flood of replays takes neither all slots nor the turn of fresh work.
BOOST_AUTO_TEST_CASE(replays_do_not_delay_fresh)
{
    Walk walk;
    auto subscription = make_subscription(1);
    subscription->limits.in_flight = 8;
    walk.put(subscription);
    for (int i = 0; i < 100; ++i) walk.arrive(1, Lane::replay);
    walk.step();
    BOOST_TEST(walk.running.size() == 6U);
    const auto fresh = walk.arrive(1);
    walk.step();
    BOOST_TEST(walk.running.contains(fresh));
}

// Goal: equal tenants get equal turns although one has a hundred times the work.
BOOST_AUTO_TEST_CASE(fair_between_tenants)
{
    Scheduler::Options options;
    options.shares = {4, 4};
    Walk walk{options};
    walk.put(make_subscription(1, 1));
    walk.put(make_subscription(2, 2));
    for (int i = 0; i < 1'000; ++i) walk.arrive(1);
    for (int i = 0; i < 10; ++i) walk.arrive(2);
    std::size_t ended = 0;
    while (walk.store.count(DeliveryState::delivered) < 24) {
        walk.step();
        ended += walk.end_all(Outcome::delivered());
    }
    BOOST_TEST(walk.delivered_of(2) == 10U);
    BOOST_TEST(ended <= 28U);
}

// Goal: only a window is in memory; the rest stays in the store and everything arrives.
BOOST_AUTO_TEST_CASE(bounded_memory)
{
    Scheduler::Options options;
    options.memory = {200, 1024 * 1024};
    Walk walk{options};
    for (std::uint8_t n = 1; n <= 5; ++n) walk.put(make_subscription(n));
    for (int i = 0; i < 500; ++i)
        for (std::uint8_t n = 1; n <= 5; ++n) walk.arrive(n);
    walk.step();
    std::size_t most = 0;
    while (walk.store.count(DeliveryState::delivered) < 2'500) {
        walk.step();
        most = std::max(most, walk.scheduler.memory().works());
        walk.end_all(Outcome::delivered());
    }
    BOOST_TEST(most <= 200U + 5 * 16);
    walk.step();
    BOOST_TEST(walk.scheduler.memory().works() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
