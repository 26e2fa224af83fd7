#include "hub/dispatch/order_gate.hpp"

#include "tests/dispatch/scheduler_walk.hpp"

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
    Walk walk;
    walk.put(ordered(1));
    std::vector<DeliveryId> a;
    for (int i = 0; i < 3; ++i) a.push_back(walk.arrive(1, Lane::fresh, "a"));
    const auto b = walk.arrive(1, Lane::fresh, "b");
    const auto free = walk.arrive(1);
    walk.step();
    BOOST_TEST(walk.running.size() == 3U);
    BOOST_TEST(walk.running.contains(b));
    BOOST_TEST(walk.running.contains(free));
    for (const auto& id : a) {
        BOOST_REQUIRE(walk.running.contains(id));
        walk.end(id, Outcome::delivered());
        walk.step();
    }
    BOOST_TEST(walk.store.count(DeliveryState::delivered) == 3U);
}

// Goal: a failing head blocks its key over its retry, also for what arrives meanwhile.
BOOST_AUTO_TEST_CASE(head_blocks_over_retries)
{
    Walk walk;
    walk.put(ordered(1));
    const auto first = walk.arrive(1, Lane::fresh, "a");
    const auto second = walk.arrive(1, Lane::fresh, "a");
    walk.step();
    walk.end(first, Outcome::failed("not now"));
    walk.step();
    BOOST_TEST(walk.running.empty());
    BOOST_TEST((walk.store.row(second).delivery.state == DeliveryState::scheduled));
    BOOST_TEST(walk.store.row(second).delivery.attempts == 0U);
    const auto third = walk.arrive(1, Lane::fresh, "a");
    walk.step();
    BOOST_TEST(walk.running.empty());
    walk.advance(12s);
    walk.step();
    for (const auto& id : {first, second, third}) {
        BOOST_REQUIRE(walk.running.size() == 1U);
        BOOST_REQUIRE(walk.running.contains(id));
        walk.end(id, Outcome::delivered());
        walk.step();
    }
}

// Goal: a dead head frees its key.
BOOST_AUTO_TEST_CASE(dead_head_frees_its_key)
{
    Walk walk;
    walk.put(ordered(1));
    const auto first = walk.arrive(1, Lane::fresh, "a");
    const auto second = walk.arrive(1, Lane::fresh, "a");
    walk.step();
    walk.end(first, Outcome::dead("never"));
    walk.step();
    BOOST_TEST(walk.running.contains(second));
}

// Goal: pausing gives back everything, and the order is the same when it goes on.
BOOST_AUTO_TEST_CASE(order_over_a_pause)
{
    Walk walk;
    const auto subscription = ordered(1);
    walk.put(subscription);
    std::vector<DeliveryId> ids;
    for (int i = 0; i < 4; ++i) ids.push_back(walk.arrive(1, Lane::fresh, "a"));
    walk.step();
    auto paused = std::make_shared<Subscription>(*subscription);
    paused->status = SubscriptionStatus::paused;
    walk.put(paused);
    walk.end(ids[0], Outcome::delivered());
    walk.step();
    BOOST_TEST(walk.store.claimed() == 0U);
    walk.put(subscription);
    ids.push_back(walk.arrive(1, Lane::fresh, "a"));
    for (std::size_t i = 1; i < ids.size(); ++i) {
        walk.step();
        BOOST_REQUIRE(walk.running.size() == 1U);
        BOOST_REQUIRE(walk.running.contains(ids[i]));
        walk.end(ids[i], Outcome::delivered());
    }
}

// Goal: a subscription that stops ordering sends what waited.
BOOST_AUTO_TEST_CASE(ordering_switched_off)
{
    Walk walk;
    const auto subscription = ordered(1);
    walk.put(subscription);
    for (int i = 0; i < 4; ++i) walk.arrive(1, Lane::fresh, "a");
    walk.step();
    BOOST_TEST(walk.running.size() == 1U);
    auto free = std::make_shared<Subscription>(*subscription);
    free->limits.ordering = Ordering::none;
    walk.put(free);
    walk.step();
    BOOST_TEST(walk.running.size() == 4U);
    walk.end_all(Outcome::delivered());
    walk.step();
    BOOST_TEST(walk.store.count(DeliveryState::delivered) == 4U);
}

BOOST_AUTO_TEST_SUITE_END()
