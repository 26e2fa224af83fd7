#include "hub/intake/commit_notifier.hpp"

#include "tests/support/run_coroutine.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::intake;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(intake_commit_notifier)

namespace {

SteadyTime in(std::chrono::seconds wait) { return std::chrono::steady_clock::now() + wait; }

TenantId tenant(std::uint8_t number)
{
    IdBytes bytes{};
    bytes[0] = number;
    return TenantId{bytes};
}

}  // namespace

// Goal: a commit between the start of the waiter and its wait is not missed; another tenant's
// wakes none; many commits wake once.
BOOST_AUTO_TEST_CASE(commits_are_not_missed)
{
    test::run_coroutine([]() -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        CommitNotifier notifier;
        notifier.notify(tenant(1));
        CommitNotifier::Waiter waiter{notifier, tenant(1), executor};
        BOOST_TEST(notifier.waiting() == 1U);
        for (int i = 0; i < 5; ++i) notifier.notify(tenant(1));
        const auto start = std::chrono::steady_clock::now();
        co_await waiter.wait(in(20s));
        BOOST_TEST((std::chrono::steady_clock::now() - start < 10s));
        notifier.notify(tenant(2));
        co_await waiter.wait(std::chrono::steady_clock::now() + 1ms);
    });
}

// Goal: no tenant takes all places: the last ones are for tenants of which no caller waits, and who
// leaves makes room.
BOOST_AUTO_TEST_CASE(waiters_are_bounded)
{
    test::run_coroutine([]() -> awaitable<> {
        const auto executor = co_await asio::this_coro::executor;
        constexpr auto quota = CommitNotifier::waiters;
        CommitNotifier notifier;
        std::vector<std::unique_ptr<CommitNotifier::Waiter>> waiters;
        const auto add = [&](std::uint8_t number) {
            auto waiter = std::make_unique<CommitNotifier::Waiter>(notifier, tenant(number),
                                                                   executor);
            const bool is_admitted = waiter->is_admitted();
            if (is_admitted) waiters.push_back(std::move(waiter));
            return is_admitted;
        };
        std::uint8_t greedy = 1;
        for (; waiters.size() < quota.all_max - quota.reserve; ++greedy) {
            const auto before = waiters.size();
            while (add(greedy)) {}
            BOOST_TEST(waiters.size() - before <= quota.one_max);
        }
        BOOST_TEST(!add(1));
        BOOST_TEST(!add(static_cast<std::uint8_t>(greedy - 1)));
        BOOST_TEST(add(200));   // its first
        BOOST_TEST(!add(200));  // and no second
        waiters.erase(waiters.begin(), waiters.begin() + 2);
        BOOST_TEST(add(1));
        BOOST_TEST(notifier.waiting() == waiters.size());
    });
}

BOOST_AUTO_TEST_SUITE_END()
