#include "hub/core/id.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;

BOOST_AUTO_TEST_SUITE(core_id)

// Goal: ids made in one millisecond, in later ones and after the clock fell back still increase.
BOOST_AUTO_TEST_CASE(ids_increase)
{
    ManualClock clock;
    IdSource ids{clock, 7};
    auto last = ids.make<EventId>();
    for (int i = 0; i < 3'000; ++i) {
        if (i == 1'000) clock.advance(milliseconds{5});
        if (i == 2'000) clock.advance(milliseconds{-60'000});
        const auto next = ids.make<EventId>();
        BOOST_REQUIRE((last < next));
        BOOST_REQUIRE(last.to_string() < next.to_string());
        last = next;
    }
}

BOOST_AUTO_TEST_CASE(text_round_trip)
{
    ManualClock clock;
    IdSource ids{clock, 7};
    for (int i = 0; i < 100; ++i) {
        const auto made = ids.make<DeliveryId>();
        clock.advance(milliseconds{977});
        BOOST_TEST(made.to_string().size() == 30U);
        BOOST_TEST((DeliveryId::parse(made.to_string()) == made));
    }
    BOOST_TEST(default_tenant().to_string() == "ten_00000000000000000000000001");
}

// Goal: another kind's id, and anything not canonical, is no id.
BOOST_AUTO_TEST_CASE(refusals)
{
    for (const auto* text : {"", "evt_", "dlv_00000000000000000000000001",
                             "evt_0000000000000000000000000", "evt_0000000000000000000000000l",
                             "evt_8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "evt_000000000000000000000000011"})
        BOOST_TEST(!EventId::parse(text).has_value(), text);
}

BOOST_AUTO_TEST_SUITE_END()
