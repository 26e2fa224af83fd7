#include "hub/core/async/event.hpp"

#include "tests/core/async/fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

namespace {

struct EventFixture : test::AsyncFixture {
    using Waiter = Call<bool>;

    void start_wait(Waiter& waiter, SteadyTime until = SteadyTime::max())
    {
        start<bool>(waiter, [event = event, until]() mutable { return event.wait(until); });
    }

    AsyncEvent event;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(core_async_event, EventFixture)

// Goal: all who wait are woken, and who comes while it is set does not wait; set() twice is once.
BOOST_AUTO_TEST_CASE(wakes_all)
{
    Waiter first;
    Waiter second;
    start_wait(first);
    start_wait(second);
    BOOST_TEST(!first.got.has_value());
    event.set();
    event.set();
    turn();
    Waiter late;
    start_wait(late);
    for (const auto* each : {&first, &second, &late}) {
        BOOST_TEST((each->got == true));
        BOOST_TEST(each->went_on);
    }
}

// Goal: after a reset callers wait again; one that was woken before it is not lost.
BOOST_AUTO_TEST_CASE(reset_in_the_same_turn)
{
    Waiter woken;
    start_wait(woken);
    event.set();
    event.reset();
    Waiter next;
    start_wait(next);
    BOOST_TEST((woken.got == true));
    BOOST_TEST(!next.got.has_value());
    event.set();
    turn();
    BOOST_TEST((next.got == true));
}

// Goal: a wait ends with its time; when the event is set in the same turn, that counts.
BOOST_AUTO_TEST_CASE(time)
{
    Waiter over;
    start_wait(over, SteadyTime::clock::now());
    loop.run();
    BOOST_TEST((over.got == false));
    BOOST_TEST(over.went_on);
    Waiter set;
    asio::post(loop, [this] { event.set(); });
    start_wait(set, SteadyTime::clock::now());
    loop.run();
    BOOST_TEST((set.got == true));
}

// Goal: a caller cancelled before its wait does not begin it, the wait of one that is cancelled
// meanwhile throws, and the other waiters notice nothing.
BOOST_AUTO_TEST_CASE(cancelled_before_and_while_waiting)
{
    AsyncEvent gate;
    Waiter before;
    start<bool>(before, [gate, event = event]() mutable -> awaitable<bool> {
        const bool opened = co_await gate.wait();
        const bool woken = co_await event.wait();
        co_return opened&& woken;
    });
    Waiter waiting;
    Waiter other;
    start_wait(waiting);
    start_wait(other);
    cancel(before);
    cancel(waiting);
    turn();
    BOOST_TEST(!before.got.has_value());
    BOOST_TEST(before.has_ended);
    BOOST_TEST(!waiting.got.has_value());
    BOOST_TEST((waiting.failure != nullptr));
    BOOST_TEST(!other.has_ended);
    event.set();
    turn();
    BOOST_TEST((other.got == true));
}

// Goal: set and cancelled in the same turn, in both orders: the event counts, and the caller learns
// of its cancellation at its next step.
BOOST_AUTO_TEST_CASE(cancelled_as_it_is_set)
{
    test::in_both_orders([this](bool set_first) {
        event.reset();
        Waiter waiter;
        start_wait(waiter);
        if (!set_first) cancel(waiter);
        asio::post(loop, [this] { event.set(); });
        if (set_first) cancel(waiter);
        turn();
        BOOST_TEST((waiter.got == true));
        BOOST_TEST(!waiter.went_on);
        BOOST_TEST(waiter.has_ended);
    });
}

// Goal: neither the event nor the loop needs to outlive the other (the sanitizer sees it).
BOOST_AUTO_TEST_CASE(ends_in_any_order)
{
    Waiter left;
    {
        AsyncEvent gone;
        start<bool>(left, [gone]() mutable { return gone.wait(); });
    }
    turn();
    BOOST_TEST(!left.has_ended);
    AsyncEvent stays;
    {
        asio::io_context other{1};
        auto wait = [stays]() mutable { return stays.wait(); };
        asio::co_spawn(other, wait, [](const std::exception_ptr&, bool) {});
        other.poll();
    }
    stays.set();
}

BOOST_AUTO_TEST_SUITE_END()
