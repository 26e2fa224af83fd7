#include "hub/store/shards/members.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid::store::shards;

namespace {

constexpr Membership member(std::size_t index, std::size_t alive) { return {index, alive}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(store_shards_members)

// Goal: where the shards agree, all hubs go by the first's numbers.
BOOST_AUTO_TEST_CASE(the_first_shard_numbers)
{
    Members members{2};
    BOOST_TEST(!members.news());
    members.see(0, {0, 2});
    BOOST_TEST((members.news() == member(0, 2)));
    members.see(1, {1, 2});
    BOOST_TEST(!members.news());
}

// Goal: while they do not agree, the shares of all come to no more than the limit: each hub takes
// the smallest share of the largest group that it sees.
BOOST_AUTO_TEST_CASE(the_smallest_share_while_they_differ)
{
    Members members{2};
    members.see(0, {0, 2});
    members.see(1, {0, 3});
    BOOST_TEST((members.news() == member(2, 3)));
    members.see(0, {0, 3});
    BOOST_TEST((members.news() == member(0, 3)));
}

// Goal: a shard that is away holds up no change; what it said counts again when it is back.
BOOST_AUTO_TEST_CASE(a_shard_that_is_away_counts_for_nothing)
{
    Members members{2};
    members.see(0, {0, 3});
    members.see(1, {0, 3});
    BOOST_TEST((members.news() == member(0, 3)));
    members.set_away(1, true);
    BOOST_TEST(!members.news());
    members.see(0, {0, 2});
    BOOST_TEST((members.news() == member(0, 2)));
    members.set_away(0, true);
    BOOST_TEST(!members.news());  // alone with what it was told last
    members.set_away(1, false);
    BOOST_TEST((members.news() == member(0, 3)));
    members.set_away(0, false);
    BOOST_TEST((members.news() == member(2, 3)));
}

BOOST_AUTO_TEST_SUITE_END()
