#include "hub/core/attempt_timing.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(core_attempt_timing)

// Goal: what was not taken stays absent, short steps are exact, long ones right to 1 in 2,000.
BOOST_AUTO_TEST_CASE(one_number_holds_four_steps)
{
    BOOST_TEST(AttemptTiming{}.pack() == 0);
    BOOST_TEST((AttemptTiming::unpack(0) == AttemptTiming{}));
    const AttemptTiming exact{0us, 1us, 412us, 4'094us};
    BOOST_TEST((AttemptTiming::unpack(exact.pack()) == exact));
    const AttemptTiming kept_open{{}, {}, {}, 37us};
    BOOST_TEST((AttemptTiming::unpack(kept_open.pack()) == kept_open));
    for (const auto step : {5'000us, 123'456us, 15'000'000us, 119'000'000us}) {
        const AttemptTiming long_one{step, {}, step, step};
        const auto read = AttemptTiming::unpack(long_one.pack());
        BOOST_TEST(!read.connect);
        for (const auto& found : {read.dns, read.tls, read.first_byte})
            BOOST_TEST(std::abs((found.value() - step).count()) <= step.count() / 2'000);
    }
}

// Goal: what does not fit is cut at the largest, and a clock that went back counts as nothing.
BOOST_AUTO_TEST_CASE(odd_steps)
{
    const auto read = AttemptTiming::unpack(AttemptTiming{1h, -5us, {}, {}}.pack());
    BOOST_TEST((read.dns.value() > 2min));
    BOOST_TEST((read.connect.value() == 0us));
}

BOOST_AUTO_TEST_SUITE_END()
