#include "hub/dispatch/runtime/dispatcher.hpp"

#include "tests/dispatch/runtime/dispatcher_bench.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>

using namespace katydid;
using namespace katydid::dispatch;
using namespace katydid::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(dispatch_dispatcher)

// Goal: what is handed over is handled and its result committed.
BOOST_AUTO_TEST_CASE(delivers)
{
    Bench bench;
    const auto subscription = make_subscription(1);
    bench.dispatcher.put_subscription(subscription);
    bench.start();
    const auto id = bench.arrive(*subscription);
    bench.turn();
    BOOST_TEST(bench.handler.held() == 1U);
    bench.handler.let_go();
    bench.turn();
    BOOST_TEST((bench.store.memory.row(id).delivery.state == DeliveryState::delivered));
}

// Goal: after a restart the store's backlog is claimed and sent.
BOOST_AUTO_TEST_CASE(starts_with_the_backlog)
{
    Bench bench;
    const auto subscription = make_subscription(1);
    for (int i = 0; i < 5; ++i) bench.arrive(*subscription, {}, false);
    bench.dispatcher.put_subscription(subscription);
    bench.start();
    bench.turn();
    BOOST_TEST(bench.handler.held() == 5U);
}

// Goal: what waits for a subscription that is gone is cancelled at the start; what waits for one
// that another hub just made waits on.
BOOST_AUTO_TEST_CASE(orphans_at_start)
{
    Bench bench;
    const auto made_elsewhere = make_subscription(2);
    bench.arrive(*make_subscription(1), {}, false);
    bench.arrive(*made_elsewhere, {}, false);
    store::Record record;
    record.kind = store::subscription_kind;
    record.id = made_elsewhere->id.to_string();
    record.tenant = made_elsewhere->tenant;
    BOOST_TEST(bench.store.memory.records.put(record).has_value());
    bench.start();
    bench.turn();
    BOOST_TEST(bench.store.memory.count(DeliveryState::cancelled) == 1U);
    BOOST_TEST(bench.handler.entered == 0U);
    bench.dispatcher.put_subscription(made_elsewhere);
    bench.turn();
    BOOST_TEST(bench.handler.entered == 1U);
}

// Goal: only subscriptions of this loop are served.
BOOST_AUTO_TEST_CASE(owns_only_its_share)
{
    Dispatcher::Options options;
    options.owns = [](SubscriptionId id) { return id == id_of<SubscriptionId>(1); };
    Bench bench{options};
    for (std::uint8_t n = 1; n <= 2; ++n) {
        const auto subscription = make_subscription(n);
        bench.arrive(*subscription, {}, false);
        bench.dispatcher.put_subscription(subscription);
    }
    bench.start();
    bench.turn();
    BOOST_TEST(bench.handler.held() == 1U);
    BOOST_TEST(bench.store.memory.claimed() == 1U);
}

// Goal: results that end in one turn are committed together.
BOOST_AUTO_TEST_CASE(settles_in_batches)
{
    Bench bench;
    const auto subscription = make_subscription(1);
    bench.dispatcher.put_subscription(subscription);
    for (int i = 0; i < 10; ++i) bench.arrive(*subscription);
    bench.turn();
    bench.handler.let_go();
    bench.turn();
    BOOST_TEST(bench.store.memory.count(DeliveryState::delivered) == 10U);
    BOOST_TEST(bench.store.settle_calls <= 2U);
}

// Goal: an exception is a failed attempt with its text.
BOOST_AUTO_TEST_CASE(exception_is_a_failed_attempt)
{
    Bench bench;
    const auto subscription = make_subscription(1);
    bench.dispatcher.put_subscription(subscription);
    bench.handler.throws = true;
    const auto id = bench.arrive(*subscription);
    bench.turn();
    const auto& row = bench.store.memory.row(id);
    BOOST_REQUIRE(row.attempts.size() == 1U);
    BOOST_TEST((row.attempts[0].outcome == AttemptClass::failed));
    BOOST_TEST(row.attempts[0].error == "the handler failed: the handler broke");
    BOOST_TEST((row.delivery.state == DeliveryState::scheduled));
}

// Goal: a handler that overruns its deadline and its grace is cancelled and counts as timed out.
// Regression: without the grace the cancellation raced a handler that ends at its deadline with
// what it has got, and a receiver that dripped its body lost the status it had sent.
BOOST_AUTO_TEST_CASE(overrun_is_cancelled)
{
    Bench bench;
    const auto subscription = make_subscription(1);
    subscription->timeout = 3s;
    bench.dispatcher.put_subscription(subscription);
    const auto id = bench.arrive(*subscription);
    bench.turn();
    BOOST_TEST((bench.handler.last_deadline == bench.clock.steady_now() + 3s));
    bench.clock.advance(3'999ms);
    bench.dispatcher.time_passed();
    bench.turn();
    BOOST_TEST(bench.handler.held() == 1U);
    bench.handler.answer = Outcome::failed("cut off");
    bench.clock.advance(1ms);
    bench.dispatcher.time_passed();
    bench.turn();
    const auto& row = bench.store.memory.row(id);
    BOOST_REQUIRE(row.attempts.size() == 1U);
    BOOST_TEST((row.attempts[0].outcome == AttemptClass::timed_out));
    BOOST_TEST(row.attempts[0].error == "no answer within 3s");
    BOOST_TEST(row.attempts[0].duration.count() == 4'000);
}

// Goal: a retry happens when its time has come.
BOOST_AUTO_TEST_CASE(retries)
{
    Bench bench;
    const auto subscription = make_subscription(1);
    subscription->retry.delays = {10s};
    bench.dispatcher.put_subscription(subscription);
    bench.handler.answer = Outcome::failed("not now");
    const auto id = bench.arrive(*subscription);
    bench.turn();
    bench.handler.let_go();
    bench.turn();
    BOOST_TEST(bench.handler.entered == 1U);
    bench.clock.advance(12s);
    bench.dispatcher.time_passed();
    bench.turn();
    BOOST_TEST(bench.handler.entered == 2U);
    bench.handler.let_go();
    bench.turn();
    const auto& row = bench.store.memory.row(id);
    BOOST_TEST((row.delivery.state == DeliveryState::dead));
    BOOST_TEST(row.delivery.reason == "given up after 2 attempts: not now");
}

// Goal: the disk is full when results are to be written: they are kept, nothing more is sent,
// nothing is sent twice, and everything goes on when there is room.
BOOST_AUTO_TEST_CASE(store_full)
{
    Bench bench;
    const auto subscription = make_subscription(1);
    subscription->limits.in_flight = 1;
    bench.dispatcher.put_subscription(subscription);
    const auto first = bench.arrive(*subscription);
    const auto second = bench.arrive(*subscription);
    bench.turn();
    bench.store.failing = errc::store_full;
    bench.dispatcher.on_health(store::Health::full);
    bench.handler.let_go();
    bench.turn();
    BOOST_TEST((bench.store.memory.row(first).delivery.state == DeliveryState::pending));
    BOOST_TEST(bench.handler.entered == 1U);
    bench.store.failing.reset();
    bench.dispatcher.on_health(store::Health::ok);
    bench.turn();
    BOOST_TEST((bench.store.memory.row(first).delivery.state == DeliveryState::delivered));
    BOOST_TEST(bench.handler.held() == 1U);
    bench.handler.let_go();
    bench.turn();
    BOOST_TEST((bench.store.memory.row(second).delivery.state == DeliveryState::delivered));
    BOOST_TEST(bench.handler.entered == 2U);
}

// Goal: a refusal without a word about health is tried again by time.
BOOST_AUTO_TEST_CASE(store_refuses_for_a_moment)
{
    Bench bench;
    const auto subscription = make_subscription(1);
    bench.dispatcher.put_subscription(subscription);
    const auto id = bench.arrive(*subscription);
    bench.turn();
    bench.store.failing = errc::over_limit;
    bench.handler.let_go();
    bench.turn();
    bench.store.failing.reset();
    BOOST_TEST((bench.store.memory.row(id).delivery.state == DeliveryState::pending));
    bench.clock.advance(250ms);
    bench.dispatcher.time_passed();
    bench.turn();
    BOOST_TEST((bench.store.memory.row(id).delivery.state == DeliveryState::delivered));
}

// Goal: retries of a receiver that is back go at once, also when the store refused at first.
BOOST_AUTO_TEST_CASE(retries_are_brought_forward)
{
    Bench bench;
    const auto subscription = make_subscription(1);
    bench.dispatcher.put_subscription(subscription);
    auto event = bench.maker.event();
    auto delivery = bench.maker.delivery(*subscription, *event, Lane::retry);
    const auto id = delivery.id;
    delivery.state = DeliveryState::scheduled;
    delivery.due_at += 1h;
    bench.store.memory.insert(std::move(delivery), std::move(event), false);
    bench.start();
    bench.store.failing = errc::store_unavailable;
    bench.dispatcher.receiver_is_up(subscription->id);
    bench.turn();
    bench.store.failing.reset();
    bench.turn();
    BOOST_TEST(bench.handler.entered == 0U);
    bench.clock.advance(250ms);
    bench.dispatcher.time_passed();
    bench.turn();
    BOOST_TEST(bench.handler.entered == 1U);
    bench.handler.let_go();
    bench.turn();
    BOOST_TEST((bench.store.memory.row(id).delivery.state == DeliveryState::delivered));
}

// Goal: without a handler in this process work waits; with one it goes on.
BOOST_AUTO_TEST_CASE(handler_is_missing)
{
    Bench bench;
    const auto subscription = make_subscription(1);
    bench.missing = subscription->name;
    bench.dispatcher.put_subscription(subscription);
    const auto id = bench.arrive(*subscription);
    bench.turn();
    BOOST_TEST(bench.handler.entered == 0U);
    BOOST_TEST((bench.store.memory.row(id).delivery.state == DeliveryState::pending));
    bench.missing.clear();
    bench.dispatcher.put_subscription(subscription);
    bench.turn();
    BOOST_TEST(bench.handler.entered == 1U);
}

// Goal: 410 calls the wiring, once.
BOOST_AUTO_TEST_CASE(gone)
{
    Bench bench;
    const auto subscription = make_subscription(1);
    bench.dispatcher.put_subscription(subscription);
    bench.handler.answer = {AttemptClass::rejected, 410, "gone", {}, std::nullopt, false};
    bench.arrive(*subscription);
    bench.turn();
    bench.handler.let_go();
    bench.turn();
    BOOST_REQUIRE(bench.gone.size() == 1U);
    BOOST_TEST((bench.gone[0] == subscription->id));
}

// Goal: draining waits for what is in flight, gives the rest back and then ends.
BOOST_AUTO_TEST_CASE(drain_lets_attempts_end)
{
    Bench bench;
    const auto subscription = make_subscription(1);
    subscription->limits.in_flight = 2;
    bench.dispatcher.put_subscription(subscription);
    for (int i = 0; i < 5; ++i) bench.arrive(*subscription);
    bench.turn();
    BOOST_TEST(!bench.drain(25s));
    BOOST_TEST(bench.store.memory.claimed() == 2U);
    bench.handler.let_go();
    bench.turn();
    BOOST_TEST(bench.store.memory.claimed() == 0U);
    BOOST_TEST(bench.store.memory.count(DeliveryState::delivered) == 2U);
    BOOST_TEST(bench.drain(25s));
}

// Goal: behind the deadline attempts are cancelled, recorded as interrupted and due again.
BOOST_AUTO_TEST_CASE(drain_cancels_at_its_deadline)
{
    Bench bench;
    const auto subscription = make_subscription(1);
    bench.dispatcher.put_subscription(subscription);
    const auto id = bench.arrive(*subscription);
    bench.turn();
    BOOST_TEST(!bench.drain(2s));
    bench.handler.answer = Outcome::failed("cut off");
    bench.clock.advance(2s);
    bench.dispatcher.time_passed();
    bench.turn();
    const auto& row = bench.store.memory.row(id);
    BOOST_TEST((row.delivery.state == DeliveryState::scheduled));
    BOOST_REQUIRE(row.attempts.size() == 1U);
    BOOST_TEST(row.attempts[0].error.starts_with("interrupted by shutdown"));
    BOOST_TEST(bench.drain(2s));
}

// Goal: after a restart no event overtakes an earlier one of its key that waits for its retry.
BOOST_AUTO_TEST_CASE(order_over_a_restart)
{
    Bench bench;
    const auto subscription = make_subscription(1);
    subscription->limits.ordering = Ordering::key;
    auto event = bench.maker.event();
    auto delivery = bench.maker.delivery(*subscription, *event, Lane::retry, "k");
    const auto first = delivery.id;
    delivery.state = DeliveryState::scheduled;
    delivery.due_at += 10s;
    bench.store.memory.insert(std::move(delivery), std::move(event), false);
    bench.dispatcher.put_subscription(subscription);
    bench.start();
    const auto second = bench.arrive(*subscription, "k");
    const auto other = bench.arrive(*subscription, "l");
    bench.turn();
    BOOST_TEST(bench.handler.held() == 1U);
    bench.handler.let_go();
    bench.turn();
    BOOST_TEST((bench.store.memory.row(other).delivery.state == DeliveryState::delivered));
    for (const auto& id : {first, second}) {
        bench.clock.advance(10s);
        bench.dispatcher.time_passed();
        bench.turn();
        BOOST_TEST(bench.handler.held() == 1U);
        bench.handler.let_go();
        bench.turn();
        BOOST_TEST((bench.store.memory.row(id).delivery.state == DeliveryState::delivered));
        if (id == first) BOOST_TEST(bench.handler.held() == 1U);
        if (id == first) break;
    }
    bench.handler.let_go();
    bench.turn();
    BOOST_TEST((bench.store.memory.row(second).delivery.state == DeliveryState::delivered));
}

BOOST_AUTO_TEST_SUITE_END()
