#include "hub/bridge/writes/pending_writes.hpp"

#include "tests/support/run_coroutine.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using bridge::PendingWrites;
using namespace std::chrono_literals;

namespace {

SteadyTime much_later() { return system_clock().steady_now() + 1h; }

}  // namespace

BOOST_AUTO_TEST_SUITE(bridge_pending_writes)

// Goal: all who wait for a write get its answer.
BOOST_AUTO_TEST_CASE(answers)
{
    test::run_coroutine([]() -> awaitable<> {
        PendingWrites pending;
        PendingWrites::Waiter one{pending, "w1", "k"};
        PendingWrites::Waiter two{pending, "w1", "k"};
        const auto executor = co_await asio::this_coro::executor;
        asio::post(executor,
                   [&] { pending.answered("w1", "k", http::Response::text(201, "yes")); });
        const auto until = much_later();
        const auto first = co_await one.wait(until);
        const auto second = co_await two.wait(until);
        BOOST_TEST(first.value().body == "yes");
        BOOST_TEST(second.value().status == 201U);
    });
}

// Goal: a failure releases all who wait for a write of its key, which is held until a success.
BOOST_AUTO_TEST_CASE(failures)
{
    test::run_coroutine([]() -> awaitable<> {
        PendingWrites pending;
        PendingWrites::Waiter first{pending, "w1", "k"};
        PendingWrites::Waiter later{pending, "w2", "k"};
        pending.failed("k");
        BOOST_TEST(pending.is_held("k"));
        BOOST_TEST(!pending.is_held("other"));
        const auto until = much_later();
        const auto one = co_await first.wait(until);
        const auto two = co_await later.wait(until);
        BOOST_TEST(!one);
        BOOST_TEST(!two);
        pending.answered("w1", "k", http::Response::text(200, ""));
        BOOST_TEST(!pending.is_held("k"));
    });
}

// Goal: an open breaker releases all; a wait ends with its time; a waiter that went is forgotten; a
// repeat of what was just answered is answered too.
BOOST_AUTO_TEST_CASE(all_are_released)
{
    test::run_coroutine([]() -> awaitable<> {
        PendingWrites pending;
        {
            PendingWrites::Waiter gone{pending, "w1", "a"};
        }
        pending.answered("w1", "a", http::Response::text(200, ""));
        const PendingWrites::Waiter repeat{pending, "w1", "a"};
        BOOST_TEST(repeat.known().value().status == 200U);
        PendingWrites::Waiter one{pending, "w2", "a"};
        const auto at_once = system_clock().steady_now();
        const auto nothing = co_await one.wait(at_once);
        BOOST_TEST(!nothing);
        pending.release_all();
        const auto until = much_later();
        const auto released = co_await one.wait(until);
        BOOST_TEST(!released);
    });
}

BOOST_AUTO_TEST_SUITE_END()
