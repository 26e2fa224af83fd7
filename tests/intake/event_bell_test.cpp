#include "hub/intake/event_bell.hpp"

#include "tests/support/run_coroutine.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::intake;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(intake_event_bell)

namespace {

SteadyTime in(std::chrono::seconds wait) { return std::chrono::steady_clock::now() + wait; }

TenantId tenant(std::uint8_t number)
{
    IdBytes bytes{};
    bytes[0] = number;
    return TenantId{bytes};
}

}  // namespace

// Goal: a ring between the start of the watch and its wait is not missed; another tenant's ring
// wakes nobody; many rings wake once.
BOOST_AUTO_TEST_CASE(rings_are_not_missed)
{
    test::run_coroutine([]() -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        EventBell bell;
        bell.ring(tenant(1));
        EventBell::Watch watch{bell, tenant(1), executor};
        BOOST_TEST(bell.waiters() == 1U);
        for (int i = 0; i < 5; ++i) bell.ring(tenant(1));
        const auto start = std::chrono::steady_clock::now();
        co_await watch.wait(in(20s));
        BOOST_TEST((std::chrono::steady_clock::now() - start < 10s));
        bell.ring(tenant(2));
        co_await watch.wait(std::chrono::steady_clock::now() + 1ms);
    });
}

// Goal: over the bound nobody is admitted, and whoever leaves makes room.
BOOST_AUTO_TEST_CASE(waiters_are_bounded)
{
    test::run_coroutine([]() -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        EventBell bell;
        std::vector<std::unique_ptr<EventBell::Watch>> watches;
        for (std::size_t i = 0; i < EventBell::waiters_max; ++i)
            watches.push_back(std::make_unique<EventBell::Watch>(bell, tenant(1), executor));
        BOOST_TEST(watches.back()->is_admitted());
        {
            const EventBell::Watch late{bell, tenant(1), executor};
            BOOST_TEST(!late.is_admitted());
        }
        watches.pop_back();
        const EventBell::Watch next{bell, tenant(2), executor};
        BOOST_TEST(next.is_admitted());
    });
}

BOOST_AUTO_TEST_SUITE_END()
