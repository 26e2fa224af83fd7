#include "hub/jobs/replay_window.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::jobs;
using namespace std::chrono_literals;

namespace {

SubscriptionId subscription(std::uint8_t number)
{
    IdBytes bytes{};
    bytes[15] = number;
    return SubscriptionId{bytes};
}

/// Fills the window, and lets the receiver take so many a second for so long, as looked at ten
/// times a second. Returns how many were waiting at most.
std::uint64_t take(ReplayWindow& window, std::uint64_t& waiting, SteadyTime& now,
                   std::uint64_t per_second, std::chrono::seconds time)
{
    std::uint64_t most = 0;
    std::uint64_t tenths = 0;
    for (const auto end = now + time; now < end; now += 100ms) {
        for (auto room = window.room(); room > 0; room = window.room())
            for (; room > 0; --room, ++waiting) window.note_due(subscription(1), now);
        most = std::max(most, waiting);
        tenths += per_second;
        waiting -= std::min(waiting, tenths / 10);
        tenths %= 10;
        window.note_counts({{subscription(1), waiting}}, now + 100ms);
    }
    return most;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(jobs_replay_window)

// Goal: about two seconds' worth of what is taken, whatever the rate, and also when it changes.
BOOST_AUTO_TEST_CASE(two_seconds_worth)
{
    ReplayWindow window{{}};
    SteadyTime now{1h};
    window.note_counts({}, now);
    std::uint64_t waiting = 0;
    take(window, waiting, now, 2'000, 5s);
    BOOST_TEST(take(window, waiting, now, 2'000, 5s) == 1'000U);
    take(window, waiting, now, 100, 30s);
    const auto at_100 = take(window, waiting, now, 100, 30s);
    BOOST_TEST(at_100 >= 150U);
    BOOST_TEST(at_100 <= 250U);
    take(window, waiting, now, 1, 300s);
    BOOST_TEST(take(window, waiting, now, 1, 300s) <= 25U);
    take(window, waiting, now, 20, 30s);
    const auto at_20 = take(window, waiting, now, 20, 30s);
    BOOST_TEST(at_20 >= 30U);
    BOOST_TEST(at_20 <= 50U);
}

// Goal: one subscription that does not move does not hold up another for long; while it moves,
// however slowly, it counts.
BOOST_AUTO_TEST_CASE(what_is_stuck_does_not_count)
{
    ReplayWindow window{{20, 20}};
    SteadyTime now{1h};
    for (int i = 0; i < 15; ++i) window.note_due(subscription(1), now);
    for (int i = 0; i < 3; ++i) window.note_due(subscription(2), now);
    BOOST_TEST(window.room() == 0U);
    now += 29s;
    BOOST_TEST(window.note_counts({{subscription(1), 15}, {subscription(2), 2}}, now));
    BOOST_TEST(window.room() == 0U);
    now += 2s;
    BOOST_TEST(!window.note_counts({{subscription(1), 15}, {subscription(2), 2}}, now));
    BOOST_TEST(window.room() == 18U);
    now += 1s;
    BOOST_TEST(window.note_counts({{subscription(1), 14}}, now));
    BOOST_TEST(window.room() == 0U);
}

// Goal: a subscription that is paused gets a window every half minute, no flood.
BOOST_AUTO_TEST_CASE(stuck_again)
{
    ReplayWindow window{{20, 20}};
    SteadyTime now{1h};
    std::uint64_t due = 0;
    for (int second = 0; second < 100; ++second, now += 1s) {
        for (auto room = window.room(); room > 0; --room, ++due)
            window.note_due(subscription(1), now);
        window.note_counts({{subscription(1), due}}, now);
    }
    BOOST_TEST(due == 80U);
}

BOOST_AUTO_TEST_SUITE_END()
