#include "hub/core/limits/shared_rate.hpp"

#include "hub/core/limits/quota.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace std::chrono_literals;

namespace {

int take_all(SharedRate& rate, const std::string& who, SteadyTime now)
{
    int taken = 0;
    while (taken < 1'000 && rate.take(who, now)) ++taken;
    return taken;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_shared_rate)

// Goal: each has its share, all have theirs; in a flood one that was quiet still gets its first.
BOOST_AUTO_TEST_CASE(nobody_uses_it_up)
{
    SharedRate rate{{{10, 2}, 4, {3, 1}}};
    SteadyTime now{1h};
    BOOST_TEST(take_all(rate, "a", now) == 3);
    BOOST_TEST(take_all(rate, "b", now) == 3);
    BOOST_TEST(take_all(rate, "c", now) == 1);  // into the reserve with its first only
    BOOST_TEST(take_all(rate, "d", now) == 1);
    BOOST_TEST(take_all(rate, "e", now) == 1);
    BOOST_TEST(take_all(rate, "f", now) == 1);
    BOOST_TEST(take_all(rate, "g", now) == 0);
    now += 1s;
    BOOST_TEST(take_all(rate, "g", now) == 1);
    BOOST_TEST(take_all(rate, "a", now) == 0);
    now += 1h;
    BOOST_TEST(take_all(rate, "a", now) == 3);
}

// Goal: places are shared the same way.
BOOST_AUTO_TEST_CASE(places)
{
    constexpr Quota quota{10, 4, 2};
    BOOST_TEST(quota.admits(0, 0));
    BOOST_TEST(quota.admits(7, 3));
    BOOST_TEST(!quota.admits(4, 4));
    BOOST_TEST(!quota.admits(8, 1));
    BOOST_TEST(quota.admits(9, 0));
    BOOST_TEST(!quota.admits(10, 0));
}

BOOST_AUTO_TEST_SUITE_END()
