#include "hub/store/sqlite/rows/delivery_ids.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace katydid;
using namespace katydid::store::sqlite;

BOOST_AUTO_TEST_SUITE(store_delivery_ids)

// Goal: an id leads back to its row and time, and no two are alike.
BOOST_AUTO_TEST_CASE(round_trip)
{
    const DeliveryIds ids{"0123456789abcdef"};
    const Timestamp time{milliseconds{1'750'000'000'123}};
    std::set<std::string> seen;
    for (std::int64_t seq = 1; seq < (std::int64_t{1} << 47U); seq += seq < 5'000 ? 1 : seq / 3) {
        const auto id = ids.make(seq, time);
        BOOST_TEST(seen.insert(id.to_string()).second);
        const auto found = ids.find(id);
        BOOST_REQUIRE(found.has_value());
        BOOST_TEST(found->seq == seq);
        BOOST_TEST((found->created_at == time));
    }
}

// Goal: what was accepted in one millisecond has ids in that order, which order by key goes by. (It
// was delivered in any order when it came from the store again.) What is not of one millisecond
// tells nothing of how many there are.
BOOST_AUTO_TEST_CASE(order_of_acceptance)
{
    const DeliveryIds ids{"0123456789abcdef"};
    const Timestamp time{milliseconds{1'750'000'000'123}};
    for (std::int64_t seq = 1; seq < 5'000; ++seq)
        BOOST_TEST((ids.make(seq, time) < ids.make(seq + 1, time)));
    BOOST_TEST((ids.make(5'000, time) < ids.make(1, time + milliseconds{1})));
    BOOST_TEST(ids.make(1, time).to_string().substr(14, 8)
               != ids.make(1, time + milliseconds{1}).to_string().substr(14, 8));
}

// Goal: another store's secret gives other ids, and most of its ids are no rows here.
BOOST_AUTO_TEST_CASE(secret)
{
    const DeliveryIds ours{"0123456789abcdef"};
    const DeliveryIds theirs{"0123456789abcdeg"};
    int strangers = 0;
    for (std::int64_t seq = 1; seq <= 1'000; ++seq) {
        const auto id = theirs.make(seq, Timestamp{milliseconds{5}});
        BOOST_TEST((id != ours.make(seq, Timestamp{milliseconds{5}})));
        const auto found = ours.find(id);
        if (!found || found->seq > 1'000'000) ++strangers;
    }
    BOOST_TEST(strangers == 1'000);
}

BOOST_AUTO_TEST_SUITE_END()
