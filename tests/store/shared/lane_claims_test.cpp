#include "hub/store/sqlite/write/claims.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using LaneClaims = store::sqlite::Claims;
using Admission = LaneClaims::Admission;

BOOST_AUTO_TEST_SUITE(store_claims)

// Goal: a lane hands over up to the window, then announces once and waits.
BOOST_AUTO_TEST_CASE(admission)
{
    LaneClaims claims{2};
    BOOST_TEST((claims.admit(1, 7, Lane::fresh) == Admission::hand_over));
    BOOST_TEST((claims.admit(2, 7, Lane::fresh) == Admission::hand_over));
    BOOST_TEST((claims.admit(3, 7, Lane::fresh) == Admission::announce));
    BOOST_TEST((claims.admit(4, 7, Lane::fresh) == Admission::wait));
    BOOST_TEST((claims.admit(5, 8, Lane::fresh) == Admission::hand_over));
    // Room alone does not open it: older rows wait.
    BOOST_TEST(claims.drop(1).has_value());
    BOOST_TEST(!claims.drop(1).has_value());
    BOOST_TEST((claims.admit(6, 7, Lane::fresh) == Admission::wait));
    claims.open_lane(7, Lane::fresh);
    BOOST_TEST((claims.admit(7, 7, Lane::fresh) == Admission::hand_over));
    BOOST_TEST((claims.admit(8, 7, Lane::fresh) == Admission::announce));
}

// Goal: the window counts all lanes of a subscription, and a closed lane leaves the others open.
BOOST_AUTO_TEST_CASE(lanes)
{
    LaneClaims claims{2};
    claims.hold(1, {7, DeliveryState::scheduled, Lane::retry});
    claims.close_lane(7, Lane::replay, true);
    BOOST_TEST((claims.admit(2, 7, Lane::fresh) == Admission::hand_over));
    BOOST_TEST((claims.admit(3, 7, Lane::fresh) == Admission::announce));
    BOOST_TEST((claims.find(1)->state == DeliveryState::scheduled));
    BOOST_TEST(claims.find(3) == nullptr);
}

// Goal: the place where a claim goes on moves forward with claims and back for rows that appear.
BOOST_AUTO_TEST_CASE(position)
{
    LaneClaims claims{2};
    claims.advance(7, Lane::retry, {100, 5});
    claims.advance(7, Lane::retry, {50, 1});
    BOOST_TEST((claims.position(7, Lane::retry) == LaneClaims::Position{100, 5}));
    claims.rewind(7, Lane::retry, {100, 9});
    BOOST_TEST((claims.position(7, Lane::retry) == LaneClaims::Position{100, 5}));
    claims.rewind(7, Lane::retry, {60, 2});
    BOOST_TEST((claims.position(7, Lane::retry) == LaneClaims::Position{60, 2}));
    BOOST_TEST((claims.position(8, Lane::retry) == LaneClaims::Position{}));
}

BOOST_AUTO_TEST_SUITE_END()
