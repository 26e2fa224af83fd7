#include "hub/dispatch/scheduler/order_gate.hpp"

#include "tests/dispatch/scheduler/scheduler_harness.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::dispatch;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<Subscription> ordered(std::uint8_t number)
{
    auto subscription = make_subscription(number);
    subscription->limits.ordering = Ordering::key;
    subscription->retry.delays.assign(5, milliseconds{10s});
    return subscription;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dispatch_order)

// Goal: one at a time for each key, in order of acceptance; keys do not wait for each other.
BOOST_AUTO_TEST_CASE(one_at_a_time_for_each_key)
{
    SchedulerHarness harness;
    harness.put(ordered(1));
    std::vector<DeliveryId> a;
    for (int i = 0; i < 3; ++i) a.push_back(harness.arrive(1, Lane::fresh, "a"));
    const auto b = harness.arrive(1, Lane::fresh, "b");
    const auto free = harness.arrive(1);
    harness.step();
    BOOST_TEST(harness.running.size() == 3U);
    BOOST_TEST(harness.running.contains(b));
    BOOST_TEST(harness.running.contains(free));
    for (const auto& id : a) {
        BOOST_REQUIRE(harness.running.contains(id));
        harness.end(id, Outcome::delivered());
        harness.step();
    }
    BOOST_TEST(harness.store.count(DeliveryState::delivered) == 3U);
}

// Goal: a failing head blocks its key over its retry, also for what arrives meanwhile.
BOOST_AUTO_TEST_CASE(head_blocks_over_retries)
{
    SchedulerHarness harness;
    harness.put(ordered(1));
    const auto first = harness.arrive(1, Lane::fresh, "a");
    const auto second = harness.arrive(1, Lane::fresh, "a");
    harness.step();
    harness.end(first, Outcome::failed("not now"));
    harness.step();
    BOOST_TEST(harness.running.empty());
    BOOST_TEST((harness.store.row(second).delivery.state == DeliveryState::scheduled));
    BOOST_TEST(harness.store.row(second).delivery.attempts == 0U);
    const auto third = harness.arrive(1, Lane::fresh, "a");
    harness.step();
    BOOST_TEST(harness.running.empty());
    harness.advance(12s);
    harness.step();
    for (const auto& id : {first, second, third}) {
        BOOST_REQUIRE(harness.running.size() == 1U);
        BOOST_REQUIRE(harness.running.contains(id));
        harness.end(id, Outcome::delivered());
        harness.step();
    }
}

// Goal: a dead head frees its key.
BOOST_AUTO_TEST_CASE(dead_head_frees_its_key)
{
    SchedulerHarness harness;
    harness.put(ordered(1));
    const auto first = harness.arrive(1, Lane::fresh, "a");
    const auto second = harness.arrive(1, Lane::fresh, "a");
    harness.step();
    harness.end(first, Outcome::dead("never"));
    harness.step();
    BOOST_TEST(harness.running.contains(second));
}

// Goal: pausing gives back everything, and the order is the same when it goes on.
BOOST_AUTO_TEST_CASE(order_over_a_pause)
{
    SchedulerHarness harness;
    const auto subscription = ordered(1);
    harness.put(subscription);
    std::vector<DeliveryId> ids;
    for (int i = 0; i < 4; ++i) ids.push_back(harness.arrive(1, Lane::fresh, "a"));
    harness.step();
    auto paused = std::make_shared<Subscription>(*subscription);
    paused->status = SubscriptionStatus::paused;
    harness.put(paused);
    harness.end(ids[0], Outcome::delivered());
    harness.step();
    BOOST_TEST(harness.store.claimed() == 0U);
    harness.put(subscription);
    ids.push_back(harness.arrive(1, Lane::fresh, "a"));
    for (std::size_t i = 1; i < ids.size(); ++i) {
        harness.step();
        BOOST_REQUIRE(harness.running.size() == 1U);
        BOOST_REQUIRE(harness.running.contains(ids[i]));
        harness.end(ids[i], Outcome::delivered());
    }
}

// Goal: a subscription that stops ordering sends what waited.
BOOST_AUTO_TEST_CASE(ordering_switched_off)
{
    SchedulerHarness harness;
    const auto subscription = ordered(1);
    harness.put(subscription);
    for (int i = 0; i < 4; ++i) harness.arrive(1, Lane::fresh, "a");
    harness.step();
    BOOST_TEST(harness.running.size() == 1U);
    auto free = std::make_shared<Subscription>(*subscription);
    free->limits.ordering = Ordering::none;
    harness.put(free);
    harness.step();
    BOOST_TEST(harness.running.size() == 4U);
    harness.end_all(Outcome::delivered());
    harness.step();
    BOOST_TEST(harness.store.count(DeliveryState::delivered) == 4U);
}

BOOST_AUTO_TEST_SUITE_END()
