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
        BOOST_TEST(bell.waiting() == 1U);
        for (int i = 0; i < 5; ++i) bell.ring(tenant(1));
        const auto start = std::chrono::steady_clock::now();
        co_await watch.wait(in(20s));
        BOOST_TEST((std::chrono::steady_clock::now() - start < 10s));
        bell.ring(tenant(2));
        co_await watch.wait(std::chrono::steady_clock::now() + 1ms);
    });
}

// Goal: no tenant takes all places: the last ones are for tenants of which nobody waits, and who
// leaves makes room.
BOOST_AUTO_TEST_CASE(waiters_are_bounded)
{
    test::run_coroutine([]() -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        constexpr auto quota = EventBell::waiters;
        EventBell bell;
        std::vector<std::unique_ptr<EventBell::Watch>> watches;
        const auto add = [&](std::uint8_t number) {
            auto watch = std::make_unique<EventBell::Watch>(bell, tenant(number), executor);
            const bool is_admitted = watch->is_admitted();
            if (is_admitted) watches.push_back(std::move(watch));
            return is_admitted;
        };
        std::uint8_t greedy = 1;
        for (; watches.size() < quota.all_max - quota.reserve; ++greedy) {
            const auto before = watches.size();
            while (add(greedy)) {}
            BOOST_TEST(watches.size() - before <= quota.one_max);
        }
        BOOST_TEST(!add(1));
        BOOST_TEST(!add(static_cast<std::uint8_t>(greedy - 1)));
        BOOST_TEST(add(200));   // its first
        BOOST_TEST(!add(200));  // and no second
        watches.erase(watches.begin(), watches.begin() + 2);
        BOOST_TEST(add(1));
        BOOST_TEST(bell.waiting() == watches.size());
    });
}

BOOST_AUTO_TEST_SUITE_END()
