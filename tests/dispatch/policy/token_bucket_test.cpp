#include "hub/dispatch/policy/token_bucket.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <random>

using namespace katydid;
using namespace katydid::dispatch;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(dispatch_token_bucket)

BOOST_AUTO_TEST_CASE(no_limit)
{
    TokenBucket bucket;
    bucket.set_limit(0, 5);
    for (int i = 0; i < 1'000; ++i) {
        BOOST_TEST(bucket.has_token(SteadyTime{}));
        bucket.take(SteadyTime{});
    }
}

// Goal: a full bucket gives its burst at once, then exactly its rate.
BOOST_AUTO_TEST_CASE(burst_then_rate)
{
    TokenBucket bucket;
    bucket.set_limit(10, 3);
    auto now = SteadyTime{1h};
    for (int i = 0; i < 3; ++i) {
        BOOST_REQUIRE(bucket.has_token(now));
        bucket.take(now);
    }
    BOOST_TEST(!bucket.has_token(now));
    for (int i = 1; i <= 50; ++i) {
        BOOST_TEST((bucket.next_at() == now + 100ms));
        now = bucket.next_at();
        BOOST_REQUIRE(bucket.has_token(now));
        bucket.take(now);
    }
}

// Goal: over any window, at most burst + rate × time, for odd rates and random use.
BOOST_AUTO_TEST_CASE(never_exceeded)
{
    std::mt19937_64 random{7};
    for (const double rate : {0.3, 1.0, 7.0, 333.3, 12'345.0}) {
        for (const std::uint32_t burst : {1U, 4U, 100U}) {
            TokenBucket bucket;
            bucket.set_limit(rate, burst);
            std::vector<double> taken;
            auto now = SteadyTime{1h};
            for (int i = 0; i < 400; ++i) {
                const auto spread = static_cast<std::uint64_t>(1e9 / rate * 2);
                now += std::chrono::nanoseconds{random() % spread};
                if (!bucket.has_token(now)) continue;
                bucket.take(now);
                taken.push_back(std::chrono::duration<double>(now.time_since_epoch()).count());
            }
            for (std::size_t a = 0; a < taken.size(); ++a)
                for (std::size_t b = a; b < taken.size(); ++b)
                    BOOST_REQUIRE(static_cast<double>(b - a + 1)
                                  <= burst + rate * (taken[b] - taken[a]) + 1e-6);
        }
    }
}

BOOST_AUTO_TEST_CASE(changed_at_run_time)
{
    TokenBucket bucket;
    bucket.set_limit(1, 1);
    auto now = SteadyTime{1h};
    bucket.take(now);
    BOOST_TEST(!bucket.has_token(now + 500ms));
    bucket.set_limit(0, 0);
    BOOST_TEST(bucket.has_token(now));
    bucket.set_limit(1'000, 1);
    BOOST_TEST(!bucket.has_token(now));
    BOOST_TEST(bucket.has_token(now + 1s));
}

BOOST_AUTO_TEST_SUITE_END()
