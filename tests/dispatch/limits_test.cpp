// Limits that end or withhold a delivery before its attempt, and shares of limits.
#include "hub/dispatch/report.hpp"
#include "hub/dispatch/scheduler.hpp"
#include "hub/observe/metrics.hpp"

#include "tests/dispatch/scheduler_walk.hpp"

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
    Walk walk;
    auto subscription = make_subscription(1);
    subscription->limits.payload_bytes = 10;
    subscription->limits.ordering = Ordering::key;
    walk.put(subscription);
    const auto large = walk.arrive(1, Lane::fresh, "k", std::string(11, 'x'));
    const auto small = walk.arrive(1, Lane::fresh, "k", std::string(10, 'x'));
    walk.step();
    const auto& row = walk.store.row(large);
    BOOST_TEST((row.delivery.state == DeliveryState::dead));
    BOOST_TEST(row.delivery.reason == "the payload has 11 bytes, the subscription takes 10");
    BOOST_TEST(row.attempts.empty());
    BOOST_TEST(walk.notices_of(Notice::Kind::dead) == 1U);
    BOOST_REQUIRE(walk.running.size() == 1U);
    BOOST_TEST(walk.running.contains(small));
    walk.end(small, Outcome::delivered());
    walk.step();
    BOOST_TEST(walk.scheduler.memory().works() == 0U);
    BOOST_TEST(walk.scheduler.memory().bytes() == 0U);
}

// Goal: nothing is sent under a lease that is about to end; it is asked for again a moment later.
BOOST_AUTO_TEST_CASE(lease_runs_out)
{
    Walk walk;
    auto subscription = make_subscription(1);
    subscription->limits.in_flight = 2;
    walk.put(subscription);
    const auto lease = std::make_shared<store::Lease>();
    walk.lease = lease;
    lease->renew_until(walk.now().wall + 10s);
    std::vector<DeliveryId> ids;
    for (int i = 0; i < 4; ++i) ids.push_back(walk.arrive(1));
    walk.step();
    BOOST_TEST(walk.running.size() == 2U);
    walk.advance(9s);
    walk.end_all(Outcome::delivered());
    walk.step();
    BOOST_TEST(walk.running.empty());
    BOOST_TEST(walk.withheld == 1U);
    BOOST_TEST(walk.store.claimed() == 0U);
    lease->renew_until(walk.now().wall + 30s);
    walk.advance(1s);
    walk.step();
    BOOST_TEST(walk.running.size() == 2U);
    walk.end_all(Outcome::delivered());
    walk.step();
    BOOST_TEST(walk.store.count(DeliveryState::delivered) == 4U);
}

// Goal: a deleted subscription's work is cancelled, also what comes later or fails later.
BOOST_AUTO_TEST_CASE(deleted)
{
    Walk walk;
    auto subscription = make_subscription(1);
    subscription->limits.in_flight = 1;
    walk.put(subscription);
    const auto first = walk.arrive(1);
    const auto second = walk.arrive(1);
    walk.step();
    walk.scheduler.remove_subscription(subscription->id, walk.now());
    walk.step();
    BOOST_TEST((walk.store.row(second).delivery.state == DeliveryState::cancelled));
    walk.end(first, Outcome::failed("not now"));
    walk.step();
    BOOST_TEST((walk.store.row(first).delivery.state == DeliveryState::cancelled));
    BOOST_TEST(walk.store.row(first).attempts.size() == 1U);
    const auto late = walk.arrive(1);
    walk.step();
    BOOST_TEST((walk.store.row(late).delivery.state == DeliveryState::cancelled));
    walk.scheduler.on_backlog(subscription->tenant, subscription->id, Lane::replay, {}, walk.now());
    walk.step();
    BOOST_TEST(walk.orphans == 1U);
    BOOST_TEST(walk.store.row(late).delivery.reason == "the subscription was deleted");
    BOOST_TEST(walk.scheduler.memory().works() == 0U);
    BOOST_TEST(!walk.scheduler.state_of(subscription->id, walk.now()).has_value());
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
    Walk walk{options};
    walk.scheduler.set_tenant_share(id_of<TenantId>(1), 3);
    walk.put(make_subscription(1, 1));
    walk.put(make_subscription(2, 2));
    for (int i = 0; i < 50; ++i)
        for (const std::uint8_t n : {1, 2}) walk.arrive(n);
    walk.step();
    BOOST_TEST(walk.running_of_tenant(1) == 3U);
    BOOST_TEST(walk.running_of_tenant(2) == 8U);
    walk.scheduler.set_tenant_share(id_of<TenantId>(1), 12);
    walk.step();
    BOOST_TEST(walk.running_of_tenant(1) == 12U);
    walk.scheduler.set_tenant_share(id_of<TenantId>(1), 0);
    walk.end_all(Outcome::delivered());
    walk.step();
    BOOST_TEST(walk.running_of_tenant(1) == 8U);
}

// Goal: the state says what limits a subscription now, and until when nothing is sent.
BOOST_AUTO_TEST_CASE(state_is_shown)
{
    Walk walk;
    auto subscription = make_subscription(1);
    subscription->limits.in_flight = 2;
    walk.put(subscription);
    for (int i = 0; i < 5; ++i) walk.arrive(1);
    walk.step();
    const auto busy = walk.scheduler.state_of(subscription->id, walk.now());
    BOOST_REQUIRE(busy.has_value());
    BOOST_TEST(busy->in_flight == 2U);
    BOOST_TEST(busy->in_flight_limit == 2U);
    BOOST_TEST(busy->queued[0] == 3U);
    BOOST_TEST(busy->breaker == "closed");
    BOOST_TEST(!busy->resumes_at.has_value());
    const auto first = walk.running.begin()->first;
    walk.end(first, {AttemptClass::throttled, 429, "busy", {}, milliseconds{60s}, false});
    walk.step();
    const auto held = walk.scheduler.state_of(subscription->id, walk.now());
    BOOST_TEST((held->resumes_at == walk.now().wall + 60s));
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
    Walk before{options};
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

    Walk after{options};
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
    while (after.scheduler.breaker_state(subscription->id) != Breaker::State::closed) {
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
    Walk walk;
    auto subscription = make_subscription(1);
    subscription->retry.delays.assign(50, milliseconds{1s});
    walk.put(subscription);
    for (int i = 0; i < 30; ++i) walk.arrive(1);
    walk.step();
    walk.end_all(Outcome::failed("down"));
    walk.step();
    BOOST_TEST(walk.running.empty());
    auto mended = std::make_shared<Subscription>(*subscription);
    mended->handler.url = "https://example.com/new";
    walk.put(mended);
    walk.step();
    BOOST_TEST(!walk.running.empty());
    BOOST_TEST(walk.breakers.back().openings == 0U);
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
    Walk first{options};
    Walk second{options};
    Gauges of_first;
    Gauges of_second;
    for (auto* walk : {&first, &second}) {
        walk->put(make_subscription(1));
        for (int i = 0; i < 6; ++i) walk->arrive(1);
        walk->step();
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
