// Handlers that can take so many calls only, and give back what they do not take.
#include "tests/dispatch/scheduler/scheduler_harness.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::dispatch;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

void set_capacity(SchedulerHarness& harness, std::optional<std::uint32_t> capacity)
{
    harness.scheduler.set_capacity(id_of<TenantId>(1), id_of<SubscriptionId>(1), capacity,
                                   harness.now());
}

void give_back(SchedulerHarness& harness, DeliveryId id)
{
    auto* item = harness.running.at(id);
    harness.running.erase(id);
    harness.scheduler.on_given_back(*item, harness.now());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dispatch_capacity)

// Goal: nothing is claimed, kept in memory or started while the handler can take nothing; then as
// much as it can.
BOOST_AUTO_TEST_CASE(bounds_what_starts)
{
    SchedulerHarness harness;
    set_capacity(harness, 0);
    harness.put(make_subscription(1));
    for (int i = 0; i < 5; ++i) harness.arrive(1);
    harness.step();
    BOOST_TEST(harness.running.empty());
    BOOST_TEST(harness.scheduler.memory().works() == 0U);
    BOOST_TEST(harness.store.claimed() == 0U);
    set_capacity(harness, 2);
    harness.step();
    BOOST_TEST(harness.running.size() == 2U);
    set_capacity(harness, 3);
    harness.step();
    BOOST_TEST(harness.running.size() == 3U);
    set_capacity(harness, std::nullopt);
    harness.step();
    BOOST_TEST(harness.running.size() == 5U);
}

// Goal: what consumers hold, for as long as they like, takes no place of others: the shares of hub
// and tenant are for calls that end by themselves.
BOOST_AUTO_TEST_CASE(held_by_consumers_stops_no_one)
{
    SchedulerHarness harness;
    harness.scheduler.set_shares({2, 2});
    set_capacity(harness, 100);
    harness.put(make_subscription(1));
    harness.put(make_subscription(2));
    for (int i = 0; i < 5; ++i) harness.arrive(1);
    harness.step();
    BOOST_TEST(harness.running.size() == 5U);
    for (int i = 0; i < 3; ++i) harness.arrive(2);
    harness.step();
    BOOST_TEST(harness.running.size() == 7U);
    harness.end_all(Outcome::delivered());
    harness.step();
    harness.end_all(Outcome::delivered());
    harness.step();
    BOOST_TEST(harness.running.empty());
    BOOST_TEST(harness.scheduler.in_flight() == 0U);
}

// Goal: what is given back was not tried: no attempt is recorded, the next one has the same number,
// and it is the first of its lane.
BOOST_AUTO_TEST_CASE(given_back_is_untried)
{
    SchedulerHarness harness;
    harness.put_one(1);
    const auto first = harness.arrive(1);
    harness.arrive(1);
    harness.step();
    set_capacity(harness, 0);
    give_back(harness, first);
    harness.step();
    BOOST_TEST(harness.running.empty());
    BOOST_TEST((harness.store.row(first).delivery.state == DeliveryState::pending));
    set_capacity(harness, 1);
    harness.step();
    BOOST_REQUIRE(harness.running.size() == 1U);
    BOOST_TEST(harness.running.contains(first));
    BOOST_TEST(harness.running.at(first)->work.delivery.attempts == 0U);
    BOOST_TEST(harness.store.row(first).attempts.empty());
    harness.end(first, Outcome::delivered());
    harness.step();
    harness.end_all(Outcome::delivered());
    harness.step();
    BOOST_TEST(harness.scheduler.memory().works() == 0U);
    BOOST_TEST(harness.scheduler.in_flight() == 0U);
}

// Goal: the order of a key holds over deliveries that are given back, in memory and over the store.
BOOST_AUTO_TEST_CASE(order_holds)
{
    SchedulerHarness harness;
    auto subscription = make_subscription(1);
    subscription->limits.ordering = Ordering::key;
    harness.put(subscription);
    std::vector<DeliveryId> ids;
    for (int i = 0; i < 3; ++i) ids.push_back(harness.arrive(1, Lane::fresh, "k"));
    const auto other = harness.arrive(1, Lane::fresh, "l");
    harness.step();
    BOOST_TEST(harness.running.size() == 2U);
    give_back(harness, ids[0]);
    harness.step();
    BOOST_TEST(harness.running.contains(ids[0]));
    set_capacity(harness, 0);
    give_back(harness, ids[0]);
    give_back(harness, other);
    harness.step();
    BOOST_TEST(harness.scheduler.memory().works() == 0U);
    set_capacity(harness, 10);
    for (const auto& id : ids) {
        harness.step();
        BOOST_REQUIRE(harness.running.contains(id));
        BOOST_TEST(harness.running.size() == (id == ids[0] ? 2U : 1U));
        if (id == ids[0]) harness.end(other, Outcome::delivered());
        harness.end(id, Outcome::delivered());
    }
    harness.step();
    BOOST_TEST(harness.running.empty());
}

// Goal: given back after the subscription was deleted, it is cancelled; after a stop, released.
BOOST_AUTO_TEST_CASE(given_back_late)
{
    SchedulerHarness harness;
    harness.put(make_subscription(1));
    const auto deleted = harness.arrive(1);
    harness.step();
    harness.scheduler.remove_subscription(id_of<SubscriptionId>(1), harness.now());
    give_back(harness, deleted);
    harness.step();
    BOOST_TEST((harness.store.row(deleted).delivery.state == DeliveryState::cancelled));

    SchedulerHarness other;
    other.put(make_subscription(1));
    const auto stopped = other.arrive(1);
    other.step();
    other.scheduler.stop(other.now());
    give_back(other, stopped);
    other.step();
    BOOST_TEST((other.store.row(stopped).delivery.state == DeliveryState::pending));
    BOOST_TEST(other.store.claimed() == 0U);
    BOOST_TEST(other.scheduler.memory().works() == 0U);
}

// Goal: what its handler does not want ends cancelled with the reason, without an attempt, and its
// place is free.
BOOST_AUTO_TEST_CASE(not_wanted_is_cancelled_untried)
{
    SchedulerHarness harness;
    auto subscription = make_subscription(1);
    subscription->limits.in_flight = 1;
    harness.put(subscription);
    const auto first = harness.arrive(1);
    const auto second = harness.arrive(1);
    harness.step();
    auto* item = harness.running.at(first);
    harness.running.erase(first);
    harness.scheduler.on_not_wanted(*item, "nothing was bought", harness.now());
    harness.step();
    const auto& row = harness.store.row(first);
    BOOST_TEST((row.delivery.state == DeliveryState::cancelled));
    BOOST_TEST(row.delivery.reason == "nothing was bought");
    BOOST_TEST(row.attempts.empty());
    BOOST_TEST(harness.running.contains(second));
}

BOOST_AUTO_TEST_SUITE_END()
