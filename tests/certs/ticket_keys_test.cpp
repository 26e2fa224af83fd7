#include "certs/ticket_keys.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::certs;

BOOST_AUTO_TEST_SUITE(certs_ticket_keys)

// Goal: a key seals for its lifetime and opens for one more; then it is gone.
BOOST_AUTO_TEST_CASE(rotation)
{
    ManualClock clock;
    TicketKeys keys{std::chrono::hours{12}, clock};
    const auto first = keys.current();
    clock.advance(std::chrono::hours{11});
    BOOST_TEST((keys.current().name == first.name));
    clock.advance(std::chrono::hours{1});
    const auto second = keys.current();
    BOOST_TEST((second.name != first.name));
    BOOST_TEST((second.cipher != first.cipher));
    const auto found = keys.find(first.name.data());
    BOOST_REQUIRE(found.has_value());
    BOOST_TEST(found->is_old);
    BOOST_TEST((found->key.mac == first.mac));
    BOOST_TEST(!keys.find(second.name.data())->is_old);
    clock.advance(std::chrono::hours{12});
    BOOST_TEST((keys.current().name != second.name));
    BOOST_TEST(!keys.find(first.name.data()).has_value());
    BOOST_TEST(keys.find(second.name.data()).has_value());
}

// Goal: after a long silence no old key opens anything, though nobody called in between.
BOOST_AUTO_TEST_CASE(long_silence)
{
    ManualClock clock;
    TicketKeys keys{std::chrono::hours{12}, clock};
    const auto first = keys.current();
    clock.advance(std::chrono::hours{36});
    BOOST_TEST(!keys.find(first.name.data()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
