// Limits that end or withhold a delivery before its attempt, and shares of limits.
#include "hub/dispatch/runtime/report.hpp"
#include "hub/dispatch/scheduler/scheduler.hpp"
#include "hub/observe/metrics.hpp"

#include "tests/dispatch/scheduler/scheduler_harness.hpp"

#include <boost/test/unit_test.hpp>

#include <numeric>

using namespace katydid;
using namespace katydid::dispatch;
using namespace katydid::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(dispatch_limits)

// Goal: a payload over the limit is dead at once with the reason and without an attempt.
BOOST_AUTO_TEST_CASE(payload_too_large)
{
    SchedulerHarness harness;
    auto subscription = make_subscription(1);
    subscription->limits.payload_bytes = 10;
    subscription->limits.ordering = Ordering::key;
    harness.put(subscription);
    const auto large = harness.arrive(1, Lane::fresh, "k", std::string(11, 'x'));
    const auto small = harness.arrive(1, Lane::fresh, "k", std::string(10, 'x'));
    harness.step();
    const auto& row = harness.store.row(large);
    BOOST_TEST((row.delivery.state == DeliveryState::dead));
    BOOST_TEST(row.delivery.reason == "the payload has 11 bytes, the subscription takes 10");
    BOOST_TEST(row.attempts.empty());
    BOOST_TEST(harness.notices_of(SubscriptionNotice::Kind::dead) == 1U);
    BOOST_REQUIRE(harness.running.size() == 1U);
    BOOST_TEST(harness.running.contains(small));
    harness.end(small, Outcome::delivered());
    harness.step();
    BOOST_TEST(harness.scheduler.memory().works() == 0U);
    BOOST_TEST(harness.scheduler.memory().bytes() == 0U);
}

// Goal: nothing is sent under a lease that is about to end; it is asked for again a moment later.
BOOST_AUTO_TEST_CASE(lease_runs_out)
{
    SchedulerHarness harness;
    harness.put_one(2);
    const auto lease = std::make_shared<store::Lease>();
    harness.lease = lease;
    lease->renew_until(harness.now().wall + 10s);
    std::vector<DeliveryId> ids;
    for (int i = 0; i < 4; ++i) ids.push_back(harness.arrive(1));
    harness.step();
    BOOST_TEST(harness.running.size() == 2U);
    harness.advance(9s);
    harness.end_all(Outcome::delivered());
    harness.step();
    BOOST_TEST(harness.running.empty());
    BOOST_TEST(harness.withheld == 1U);
    BOOST_TEST(harness.store.claimed() == 0U);
    lease->renew_until(harness.now().wall + 30s);
    harness.advance(1s);
    harness.step();
    BOOST_TEST(harness.running.size() == 2U);
    harness.end_all(Outcome::delivered());
    harness.step();
    BOOST_TEST(harness.store.count(DeliveryState::delivered) == 4U);
}

// Goal: a deleted subscription's work is cancelled, also what comes later or fails later.
BOOST_AUTO_TEST_CASE(deleted)
{
    SchedulerHarness harness;
    const auto subscription = harness.put_one(1);
    const auto first = harness.arrive(1);
    const auto second = harness.arrive(1);
    harness.step();
    harness.scheduler.remove_subscription(subscription->id, harness.now());
    harness.step();
    BOOST_TEST((harness.store.row(second).delivery.state == DeliveryState::cancelled));
    harness.end(first, Outcome::failed("not now"));
    harness.step();
    BOOST_TEST((harness.store.row(first).delivery.state == DeliveryState::cancelled));
    BOOST_TEST(harness.store.row(first).attempts.size() == 1U);
    const auto late = harness.arrive(1);
    harness.step();
    BOOST_TEST((harness.store.row(late).delivery.state == DeliveryState::cancelled));
    harness.scheduler.on_backlog(subscription->tenant, subscription->id, Lane::replay, {},
                                 harness.now());
    harness.step();
    BOOST_TEST(harness.orphans == 1U);
    BOOST_TEST(harness.store.row(late).delivery.reason == "the subscription was deleted");
    BOOST_TEST(harness.scheduler.memory().works() == 0U);
    BOOST_TEST(!harness.scheduler.state_of(subscription->id, harness.now()).has_value());
}

// Goal: the parts of a limit add up to it, and none is empty while there are enough.
BOOST_AUTO_TEST_CASE(shares_add_up)
{
    for (const std::uint32_t limit : {1U, 2U, 7U, 64U, 1'000U}) {
        for (const std::size_t loops : {1U, 2U, 3U, 8U}) {
            std::uint32_t sum = 0;
            for (std::size_t i = 0; i < loops; ++i) {
                sum += share_of(limit, i, loops);
                if (limit >= loops) BOOST_TEST(share_of(limit, i, loops) > 0U);
            }
            BOOST_TEST(sum == limit);
        }
    }
}

// Goal: a tenant's own limit comes before the one for all, holds at once and can be taken away.
BOOST_AUTO_TEST_CASE(own_limit_of_a_tenant)
{
    Scheduler::Options options;
    options.shares = {20, 8};
    SchedulerHarness harness{options};
    harness.scheduler.set_tenant_share(id_of<TenantId>(1), 3);
    harness.put(make_subscription(1, 1));
    harness.put(make_subscription(2, 2));
    for (int i = 0; i < 50; ++i)
        for (const std::uint8_t n : {1, 2}) harness.arrive(n);
    harness.step();
    BOOST_TEST(harness.running_of_tenant(1) == 3U);
    BOOST_TEST(harness.running_of_tenant(2) == 8U);
    harness.scheduler.set_tenant_share(id_of<TenantId>(1), 12);
    harness.step();
    BOOST_TEST(harness.running_of_tenant(1) == 12U);
    harness.scheduler.set_tenant_share(id_of<TenantId>(1), 0);
    harness.end_all(Outcome::delivered());
    harness.step();
    BOOST_TEST(harness.running_of_tenant(1) == 8U);
}

// Goal: the state says what limits a subscription now, and until when nothing is sent.
BOOST_AUTO_TEST_CASE(state_is_shown)
{
    SchedulerHarness harness;
    const auto subscription = harness.put_one(2);
    for (int i = 0; i < 5; ++i) harness.arrive(1);
    harness.step();
    const auto busy = harness.scheduler.state_of(subscription->id, harness.now());
    BOOST_REQUIRE(busy.has_value());
    BOOST_TEST(busy->in_flight == 2U);
    BOOST_TEST(busy->in_flight_limit == 2U);
    BOOST_TEST(busy->queued[0] == 3U);
    BOOST_TEST(busy->breaker == "closed");
    BOOST_TEST(!busy->resumes_at.has_value());
    const auto first = harness.running.begin()->first;
    harness.end(first, {AttemptClass::throttled, 429, "busy", {}, milliseconds{60s}, false});
    harness.step();
    const auto held = harness.scheduler.state_of(subscription->id, harness.now());
    BOOST_TEST((held->resumes_at == harness.now().wall + 60s));
    BOOST_TEST(held->more_in_store);
}

// Goal: openings and recoveries are told to be remembered; a restored breaker goes on from there.
BOOST_AUTO_TEST_CASE(breaker_over_a_restart)
{
    Scheduler::Options options;
    options.breaker.jitter = 0;
    options.breaker.cap_full = 1;
    auto subscription = make_subscription(1);
    subscription->retry.delays.assign(50, milliseconds{1s});
    SchedulerHarness before{options};
    before.put(subscription);
    for (int i = 0; i < 16; ++i) before.arrive(1);
    before.step();
    before.end_all(Outcome::failed("down"));
    before.step();
    BOOST_REQUIRE(before.breakers.size() == 1U);
    auto memory = before.breakers.front();
    BOOST_TEST(memory.openings == 1U);
    BOOST_TEST((memory.open_until == before.now().wall + 30s));
    BOOST_TEST(before.scheduler.breakers_open() == 1U);

    SchedulerHarness after{options};
    memory.open_until = after.now().wall + 20s;
    after.scheduler.restore_breaker(memory, after.now());
    after.put(subscription);
    for (int i = 0; i < 5; ++i) after.arrive(1);
    after.step();
    BOOST_TEST(after.running.empty());
    after.advance(20s);
    after.step();
    BOOST_REQUIRE(after.running.size() == 1U);
    after.end_all(Outcome::failed("still down"));
    after.step();
    BOOST_REQUIRE(after.breakers.size() == 1U);
    BOOST_TEST(after.breakers.back().openings == 2U);
    BOOST_TEST((after.breakers.back().open_until == after.now().wall + 60s));
    after.advance(60s);
    after.step();
    after.end_all(Outcome::delivered());
    after.step();
    while (after.scheduler.state_of(subscription->id, after.now())->breaker != "closed") {
        BOOST_REQUIRE(!after.running.empty());
        after.end_all(Outcome::delivered());
        after.step();
    }
    BOOST_TEST(after.breakers.back().openings == 0U);
    BOOST_TEST(after.scheduler.breakers_open() == 0U);
}

// Goal: another receiver behind the same subscription does not inherit an open breaker.
BOOST_AUTO_TEST_CASE(new_url_closes_the_breaker)
{
    SchedulerHarness harness;
    auto subscription = make_subscription(1);
    subscription->retry.delays.assign(50, milliseconds{1s});
    harness.put(subscription);
    for (int i = 0; i < 30; ++i) harness.arrive(1);
    harness.step();
    harness.end_all(Outcome::failed("down"));
    harness.step();
    BOOST_TEST(harness.running.empty());
    auto changed = std::make_shared<Subscription>(*subscription);
    changed->handler.url = "https://example.com/new";
    harness.put(changed);
    harness.step();
    BOOST_TEST(!harness.running.empty());
    BOOST_TEST(harness.breakers.back().openings == 0U);
}

// Goal: what several loops tell of one gauge adds up, and goes down again.
BOOST_AUTO_TEST_CASE(gauges_of_several_loops)
{
    observe::Metrics metrics;
    const auto shows = [&](const std::string& line) {
        return metrics.expose().find("\n" + line + "\n") != std::string::npos;
    };
    Scheduler::Options options;
    options.shares = {4, 4};
    SchedulerHarness first{options};
    SchedulerHarness second{options};
    Gauges of_first;
    Gauges of_second;
    for (auto* harness : {&first, &second}) {
        harness->put(make_subscription(1));
        for (int i = 0; i < 6; ++i) harness->arrive(1);
        harness->step();
    }
    of_first.report(metrics, first.scheduler);
    of_second.report(metrics, second.scheduler);
    BOOST_TEST(shows("katydid_attempts_in_flight 8"));
    BOOST_TEST(shows("katydid_attempts_in_flight_max 8"));
    BOOST_TEST(shows("katydid_deliveries_queued{lane=\"fresh\"} 4"));
    first.end_all(Outcome::delivered());
    first.step();
    of_first.report(metrics, first.scheduler);
    BOOST_TEST(shows("katydid_attempts_in_flight 6"));
    BOOST_TEST(shows("katydid_deliveries_queued{lane=\"fresh\"} 2"));
}

BOOST_AUTO_TEST_SUITE_END()
