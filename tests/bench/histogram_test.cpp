#include "bench/measure/histogram.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid::bench;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(bench_histogram)

// Goal: nothing recorded gives zeros, not a crash.
BOOST_AUTO_TEST_CASE(empty)
{
    const Histogram histogram;
    BOOST_TEST(histogram.percentile(99).count() == 0);
    BOOST_TEST(histogram.mean().count() == 0);
}

// Goal: small values are exact.
BOOST_AUTO_TEST_CASE(small_values_are_exact)
{
    Histogram histogram;
    for (int i = 1; i <= 1'000; ++i) histogram.record(nanoseconds{i});
    BOOST_TEST(histogram.percentile(50).count() == 500);
    BOOST_TEST(histogram.percentile(99).count() == 990);
    BOOST_TEST(histogram.percentile(100).count() == 1'000);
}

// Goal: at every scale the error stays within one part in a thousand, and never below the value.
BOOST_AUTO_TEST_CASE(three_significant_digits)
{
    for (std::int64_t value = 3; value < 4'000'000'000'000; value = value * 7 / 3) {
        Histogram histogram;
        histogram.record(nanoseconds{value});
        histogram.record(nanoseconds{value * 2});
        const auto found = histogram.percentile(50).count();
        BOOST_TEST(found >= value);
        BOOST_TEST(static_cast<double>(found - value) <= static_cast<double>(value) / 1'000);
    }
}

// Goal: the maximum is what was recorded, not a bucket's edge.
BOOST_AUTO_TEST_CASE(maximum_is_exact)
{
    Histogram histogram;
    histogram.record(123'456'789ns);
    BOOST_TEST(histogram.max().count() == 123'456'789);
    BOOST_TEST(histogram.percentile(99.9).count() == 123'456'789);
}

// Goal: negative and absurd durations are clamped, not written outside.
BOOST_AUTO_TEST_CASE(clamps)
{
    Histogram histogram;
    histogram.record(-5ns);
    histogram.record(24h);
    BOOST_TEST(histogram.count() == 2U);
    BOOST_TEST(histogram.percentile(1).count() == 0);
    BOOST_TEST((histogram.max() > 70min));
}

// Goal: merging two gives what recording into one would have given.
BOOST_AUTO_TEST_CASE(merge_is_the_sum)
{
    Histogram left, right, both;
    for (int i = 0; i < 5'000; ++i) {
        const nanoseconds value{(i * 7919) % 1'000'003};
        (i % 2 == 0 ? left : right).record(value);
        both.record(value);
    }
    left.merge(right);
    BOOST_TEST(left.count() == both.count());
    for (const double percent : {1.0, 50.0, 90.0, 99.0, 99.9, 100.0})
        BOOST_TEST(left.percentile(percent).count() == both.percentile(percent).count());
    BOOST_TEST(left.mean().count() == both.mean().count());
}

BOOST_AUTO_TEST_SUITE_END()
