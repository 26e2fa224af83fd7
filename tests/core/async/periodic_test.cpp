#include "hub/core/async/periodic.hpp"

#include "tests/support/run_coroutine.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace katydid;
using namespace std::chrono_literals;

namespace {

constexpr auto never = std::chrono::hours{1};

}  // namespace

BOOST_AUTO_TEST_SUITE(core_async_periodic)

// Goal: the body runs at once and after each rest, and not after a stop; stopping twice is once.
BOOST_AUTO_TEST_CASE(runs_until_it_is_stopped)
{
    int runs = 0;
    Periodic* self = nullptr;
    auto body = [&]() -> awaitable<void> {
        if (++runs == 3) self->stop();
        co_return;
    };
    Periodic periodic{1ms, body};
    self = &periodic;
    test::run_coroutine([&] { return periodic.run(); });
    periodic.stop();
    BOOST_TEST(runs == 3);
    BOOST_TEST(periodic.is_stopped());
}

// Goal: one that was stopped before it starts does nothing.
BOOST_AUTO_TEST_CASE(stopped_before_it_starts)
{
    bool ran = false;
    auto body = [&]() -> awaitable<void> {
        ran = true;
        co_return;
    };
    Periodic periodic{1ms, body};
    periodic.stop();
    test::run_coroutine([&] { return periodic.run(); });
    BOOST_TEST(!ran);
}

// Goal: a stop ends the rest between two runs and a rest within the body, not the body itself.
BOOST_AUTO_TEST_CASE(stop_ends_rests)
{
    for (const bool rests_within : {false, true}) {
        asio::io_context loop{1};
        Periodic* self = nullptr;
        bool body_ended = false;
        auto body = [&]() -> awaitable<void> {
            if (rests_within) co_await self->rest(never);
            body_ended = true;
        };
        Periodic periodic{never, body};
        self = &periodic;
        bool ended = false;
        auto run = [&] { return periodic.run(); };
        asio::co_spawn(loop, run, [&](const std::exception_ptr&) { ended = true; });
        loop.poll();
        BOOST_TEST(!ended);
        periodic.stop();
        loop.restart();
        loop.poll();
        BOOST_TEST(ended);
        BOOST_TEST(body_ended);
    }
}

// Goal: what the body throws ends the run and reaches who awaits it.
BOOST_AUTO_TEST_CASE(failure)
{
    auto body = []() -> awaitable<void> {
        throw std::runtime_error{"no"};
        co_return;
    };
    Periodic periodic{1ms, body};
    BOOST_CHECK_THROW(test::run_coroutine([&] { return periodic.run(); }), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
