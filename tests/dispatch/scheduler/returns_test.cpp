// What waited for a receiver goes when it is back.
#include "tests/dispatch/scheduler/scheduler_harness.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::dispatch;
using namespace katydid::test;
using namespace std::chrono_literals;

namespace {

/// A subscription whose receiver is down, with retries that wait for an hour and more.
struct DownFor : SchedulerHarness {
    explicit DownFor(Ordering ordering = Ordering::none) : SchedulerHarness{options()}
    {
        subscription->retry.delays.assign(4, milliseconds{1h});
        subscription->limits.ordering = ordering;
        put(subscription);
    }
    static Scheduler::Options options()
    {
        Scheduler::Options options;
        options.breaker.jitter = 0;
        return options;
    }
    void settle_down()
    {
        for (int i = 0; i < 4; ++i) step();
    }
    [[nodiscard]] Delivery stored(DeliveryId id) const { return store.row(id).delivery; }

    std::shared_ptr<Subscription> subscription = make_subscription(1);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(dispatch_returns)

// Goal: when a probe succeeds, what waited for its slot goes at once, oldest first.
BOOST_AUTO_TEST_CASE(a_receiver_that_is_back_gets_its_retries)
{
    DownFor world;
    std::vector<DeliveryId> failed;
    for (int i = 0; i < 12; ++i) failed.push_back(world.arrive(1));
    world.step();
    world.end_all(Outcome::failed("down"));
    world.settle_down();
    BOOST_TEST(world.store.count(DeliveryState::scheduled) == 12U);
    world.advance(30s);
    const auto probe = world.arrive(1);
    world.settle_down();
    BOOST_REQUIRE(world.running.size() == 1U);
    world.end(probe, Outcome::delivered());
    world.settle_down();
    BOOST_REQUIRE(world.running.size() == 2U);
    BOOST_TEST(world.running.contains(failed[0]));
    BOOST_TEST(world.running.contains(failed[1]));
    while (world.end_all(Outcome::delivered()) > 0) world.settle_down();
    BOOST_TEST(world.store.count(DeliveryState::delivered) == 13U);
}

// Goal: the same when somebody else knows that it is back (a platform's health), also while the
// breaker is open; said again at once, it is not believed until something succeeds.
BOOST_AUTO_TEST_CASE(a_receiver_that_is_said_to_be_back)
{
    DownFor world;
    for (int i = 0; i < 12; ++i) world.arrive(1);
    world.step();
    world.end_all(Outcome::failed("down"));
    world.settle_down();
    const auto say_so = [&] {
        world.scheduler.on_receiver_up(world.subscription->id, world.now());
        world.settle_down();
    };
    say_so();
    BOOST_TEST(world.running.size() == 1U);
    world.end_all(Outcome::failed("still down"));
    world.settle_down();
    say_so();
    BOOST_TEST(world.running.empty());
    world.advance(5min);
    say_so();
    BOOST_TEST(world.running.size() == 1U);
    while (world.end_all(Outcome::delivered()) > 0) world.settle_down();
    BOOST_TEST(world.store.count(DeliveryState::delivered) == 12U);
}

// Goal: an attempt before its slot is extra: it uses nothing of the schedule up, and after a
// failure the slot is still to come; a receiver that flaps does not keep a delivery alive either.
BOOST_AUTO_TEST_CASE(an_extra_attempt_keeps_the_slot)
{
    DownFor world;
    const auto id = world.arrive(1);
    world.step();
    world.end(id, Outcome::failed("down"));
    world.settle_down();
    const auto slot = world.stored(id).due_at;
    for (std::uint32_t i = 1; i < 8; ++i) {
        world.advance(6min);
        world.scheduler.on_receiver_up(world.subscription->id, world.now());
        world.settle_down();
        BOOST_REQUIRE(world.running.contains(id));
        world.end(id, Outcome::failed("down"));
        world.settle_down();
        BOOST_TEST((world.stored(id).due_at == slot));
        BOOST_TEST(world.stored(id).attempts == 1 + i);
        BOOST_TEST(world.stored(id).attempts_before == i);
    }
    int slots = 1;
    while (world.stored(id).state == DeliveryState::scheduled) {
        world.advance(2h);
        world.settle_down();
        world.end(id, Outcome::failed("down"));
        world.settle_down();
        ++slots;
    }
    BOOST_TEST((world.stored(id).state == DeliveryState::dead));
    BOOST_TEST(slots == 5);
}

// Goal: brought forward, the order of a key holds: a newer one neither overtakes nor waits for the
// old slot.
BOOST_AUTO_TEST_CASE(brought_forward_in_order)
{
    DownFor world{Ordering::key};
    std::vector<DeliveryId> ids;
    for (int i = 0; i < 3; ++i) ids.push_back(world.arrive(1, Lane::fresh, "k"));
    world.step();
    world.end(ids[0], Outcome::failed("down"));
    world.settle_down();
    BOOST_TEST(world.store.count(DeliveryState::scheduled) == 3U);
    world.scheduler.on_receiver_up(world.subscription->id, world.now());
    ids.push_back(world.arrive(1, Lane::fresh, "k"));
    for (const auto& id : ids) {
        world.settle_down();
        BOOST_REQUIRE(world.running.size() == 1U);
        BOOST_TEST(world.running.contains(id));
        world.end(id, Outcome::delivered());
    }
    world.settle_down();
    BOOST_TEST(world.store.count(DeliveryState::delivered) == 4U);
}

BOOST_AUTO_TEST_SUITE_END()
