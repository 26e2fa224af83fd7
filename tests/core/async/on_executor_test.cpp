#include "hub/core/async/on_executor.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <stdexcept>
#include <thread>

using namespace katydid;

namespace {

/// Two loops that the test turns by hand, and a caller on the first that can be cancelled.
struct Fixture {
    /// What the caller gets from the work, or the exception that ended it.
    void call(awaitable<int> work)
    {
        asio::co_spawn(here, wait_for(std::move(work)),
                       asio::bind_cancellation_slot(cancel.slot(), [this](std::exception_ptr e) {
                           ended = true;
                           failure = e;
                       }));
        here.poll();
    }
    awaitable<void> wait_for(awaitable<int> work)
    {
        const auto answer = co_await on_executor(there.get_executor(), std::move(work));
        got = answer;
        co_await asio::post(here, asio::use_awaitable);
        went_on = true;
    }
    /// On the caller's own loop, as every cancellation.
    void cancel_caller()
    {
        asio::post(here, [this] { cancel.emit(asio::cancellation_type::terminal); });
    }
    awaitable<int> answer(int number)
    {
        ran_there = there.get_executor().running_in_this_thread();
        co_return number;
    }

    asio::io_context here{1};
    asio::io_context there{1};
    asio::cancellation_signal cancel;
    std::optional<int> got;
    bool ran_there = false;
    bool went_on = false;
    bool ended = false;
    std::exception_ptr failure;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(core_on_executor, Fixture)

// Goal: the work runs on the other executor, and its value or exception reaches the caller.
BOOST_AUTO_TEST_CASE(value_and_exception)
{
    call(answer(7));
    BOOST_TEST(!got.has_value());
    there.poll();
    here.poll();
    BOOST_TEST(ran_there);
    BOOST_TEST((got == 7));
    BOOST_TEST(went_on);
    here.restart();
    there.restart();
    call([]() -> awaitable<int> {
        throw std::runtime_error{"no"};
        co_return 0;
    }());
    there.poll();
    here.poll();
    BOOST_TEST(describe(failure) == "no");
}

// Goal: a terminal cancellation that crosses the end of the work touches nothing that is gone (the
// address sanitizer sees it), loses no answer, and is noticed by the caller's next step.
BOOST_AUTO_TEST_CASE(cancellation_that_crosses_the_end)
{
    call(answer(7));
    cancel_caller();
    there.poll();  // the work has ended, its answer is behind the cancellation
    here.poll();
    there.restart();
    there.poll();  // what the cancellation may have left there
    BOOST_TEST((got == 7));
    BOOST_TEST(!went_on);
    BOOST_TEST(ended);
}

// Goal: a cancellation before the end does not interrupt the work.
BOOST_AUTO_TEST_CASE(cancellation_before_the_end)
{
    bool reached_end = false;
    auto slow = [&]() -> awaitable<int> {
        co_await asio::post(there, asio::use_awaitable);
        reached_end = true;
        co_return 1;
    };
    call(slow());
    there.run_one();
    cancel_caller();
    here.poll();
    there.poll();
    here.poll();
    BOOST_TEST(reached_end);
    BOOST_TEST((got == 1));
    BOOST_TEST(!went_on);
}

// Goal: the same with two threads, in every order that they happen to find.
BOOST_AUTO_TEST_CASE(two_threads)
{
    auto keep = asio::make_work_guard(there);
    std::thread other{[this] { there.run(); }};
    for (int i = 0; i < 200; ++i) {
        ended = false;
        got.reset();
        here.restart();
        auto work = [i]() -> awaitable<int> { co_return i; };
        auto caller = [this, work]() -> awaitable<void> {
            const auto answer = co_await on_executor(there.get_executor(), work);
            got = answer;
        };
        asio::co_spawn(here, caller,
                       asio::bind_cancellation_slot(cancel.slot(),
                                                    [this](std::exception_ptr) { ended = true; }));
        here.poll();
        cancel_caller();
        here.restart();
        here.run();
        BOOST_TEST(ended);
        BOOST_TEST((got == i));
    }
    keep.reset();
    other.join();
}

BOOST_AUTO_TEST_SUITE_END()
