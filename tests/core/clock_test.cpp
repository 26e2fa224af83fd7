#include "hub/core/clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

BOOST_AUTO_TEST_SUITE(core_clock)

// Goal: what is printed is read back, to the millisecond.
BOOST_AUTO_TEST_CASE(rfc3339_round_trip)
{
    const Timestamp time{milliseconds{1'781'546'400'123}};
    BOOST_TEST(to_rfc3339(time) == "2026-06-15T18:00:00.123Z");
    BOOST_TEST((parse_rfc3339(to_rfc3339(time)) == time));
}

// Goal: offsets and fractions of any length up to nanoseconds are understood.
BOOST_AUTO_TEST_CASE(rfc3339_variants)
{
    const auto expected = parse_rfc3339("2026-06-15T18:00:00.500Z");
    BOOST_REQUIRE(expected.has_value());
    for (const auto* text : {"2026-06-15T20:00:00.5+02:00", "2026-06-15t18:00:00.500000000z",
                             "2026-06-15 12:30:00.50-05:30"})
        BOOST_TEST((parse_rfc3339(text) == expected), text);
}

// Goal: what is not RFC 3339 is refused, never guessed.
BOOST_AUTO_TEST_CASE(rfc3339_refusals)
{
    for (const auto* text :
         {"", "2026", "2026-06-15", "2026-02-30T00:00:00Z", "2026-06-15T25:00:00Z",
          "2026-06-15T18:00:00", "2026-06-15T18:00:00.Z", "2026-06-15T18:00:00Zx",
          "2026-06-15T18:00:00+2", "2026-6-15T18:00:00Z"})
        BOOST_TEST(!parse_rfc3339(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(durations)
{
    BOOST_TEST((parse_duration("500ms") == milliseconds{500}));
    BOOST_TEST((parse_duration("5s") == milliseconds{5'000}));
    BOOST_TEST((parse_duration("5m") == milliseconds{300'000}));
    BOOST_TEST((parse_duration("24h") == milliseconds{86'400'000}));
    BOOST_TEST((parse_duration("7d") == milliseconds{7 * 86'400'000LL}));
    for (const auto* text : {"", "5", "s", "-5s", "5 s", "5sec", "99999999999999d"})
        BOOST_TEST(!parse_duration(text).has_value(), text);
    for (const auto* text : {"0s", "500ms", "5s", "5m", "2h", "7d"})
        BOOST_TEST(to_duration_text(*parse_duration(text)) == text);
}

BOOST_AUTO_TEST_SUITE_END()
