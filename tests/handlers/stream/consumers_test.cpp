#include "handlers/stream/consumers.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace katydid;
using namespace katydid::handlers::stream;

namespace {

template <class IdType>
IdType id(std::uint8_t number)
{
    IdBytes bytes{};
    bytes[0] = 1;
    bytes[15] = number;
    return IdType{bytes};
}

ConsumerId consumer(std::uint8_t number) { return id<ConsumerId>(number); }
DeliveryId delivery(std::uint8_t number) { return id<DeliveryId>(number); }

}  // namespace

BOOST_AUTO_TEST_SUITE(handlers_stream_consumers)

// Goal: without consumers nothing can be taken; each takes as much as its credit and no more.
BOOST_AUTO_TEST_CASE(credit_is_the_most)
{
    Consumers table;
    BOOST_TEST(table.capacity() == 0U);
    BOOST_TEST(!table.assign(delivery(1), 1).has_value());
    table.add(consumer(1), {2});
    BOOST_TEST(table.capacity() == 2U);
    BOOST_TEST((table.assign(delivery(1), 1) == consumer(1)));
    BOOST_TEST((table.assign(delivery(2), 1) == consumer(1)));
    BOOST_TEST(!table.assign(delivery(3), 1).has_value());
    BOOST_TEST(table.capacity() == 2U);
    BOOST_TEST(table.release(delivery(1)));
    BOOST_TEST(!table.release(delivery(1)));
    BOOST_TEST((table.assign(delivery(3), 1) == consumer(1)));
}

// Goal: a delivery is in the hands of one consumer only.
BOOST_AUTO_TEST_CASE(one_holder)
{
    Consumers table;
    table.add(consumer(1), {5});
    BOOST_TEST(table.assign(delivery(1), 1).has_value());
    BOOST_TEST(!table.assign(delivery(1), 1).has_value());
    BOOST_TEST((table.holder_of(delivery(1)) == consumer(1)));
    BOOST_TEST(!table.holder_of(delivery(2)).has_value());
}

// Goal: consumers get equal shares, however much credit each has.
BOOST_AUTO_TEST_CASE(equal_shares)
{
    Consumers table;
    table.add(consumer(1), {100});
    table.add(consumer(2), {2});
    table.add(consumer(3), {100});
    std::map<ConsumerId, int> got;
    for (std::uint8_t n = 1; n <= 30; ++n) {
        const auto who = table.assign(delivery(n), 1);
        BOOST_REQUIRE(who.has_value());
        ++got[*who];
        table.release(delivery(n));
    }
    BOOST_TEST(got[consumer(1)] == 10);
    BOOST_TEST(got[consumer(2)] == 10);
    BOOST_TEST(got[consumer(3)] == 10);
}

// Goal: less credit than is in its hands stops a consumer, and takes nothing away from it.
BOOST_AUTO_TEST_CASE(credit_changes)
{
    Consumers table;
    table.add(consumer(1), {3});
    for (std::uint8_t n = 1; n <= 3; ++n) table.assign(delivery(n), 1);
    table.set_credit(consumer(1), 1);
    BOOST_TEST(table.capacity() == 3U);
    table.release(delivery(1));
    table.release(delivery(2));
    BOOST_TEST(table.capacity() == 1U);
    BOOST_TEST(!table.assign(delivery(4), 1).has_value());
    table.release(delivery(3));
    BOOST_TEST(table.assign(delivery(4), 1).has_value());
    table.set_credit(consumer(1), 0);
    table.set_credit(consumer(2), 5);  // unknown: nothing happens
    table.release(delivery(4));
    BOOST_TEST(table.capacity() == 0U);
}

// Goal: what a consumer holds may have so many bytes; the one that goes over them is its last.
BOOST_AUTO_TEST_CASE(bytes_are_bounded)
{
    Consumers table;
    table.add(consumer(1), {10, 100});
    BOOST_TEST(table.assign(delivery(1), 99).has_value());
    BOOST_TEST(table.capacity() == 10U);
    BOOST_TEST(table.assign(delivery(2), 50).has_value());
    BOOST_TEST(table.capacity() == 2U);
    BOOST_TEST(!table.assign(delivery(3), 1).has_value());
    table.release(delivery(1));
    BOOST_TEST(table.capacity() == 10U);
}

// Goal: one that leaves gives back what it holds, in order; one that retires keeps it until it is
// answered and is forgotten then.
BOOST_AUTO_TEST_CASE(leaving)
{
    Consumers table;
    table.add(consumer(1), {4});
    table.assign(delivery(2), 1);
    table.assign(delivery(1), 1);
    const std::vector<DeliveryId> both{delivery(1), delivery(2)};
    BOOST_TEST((table.remove(consumer(1)) == both));
    BOOST_TEST(table.capacity() == 0U);
    BOOST_TEST(table.size() == 0U);
    BOOST_TEST(table.remove(consumer(1)).empty());

    table.add(consumer(2), {4});
    table.assign(delivery(3), 1);
    table.retire(consumer(2));
    table.retire(consumer(2));
    BOOST_TEST(table.size() == 0U);
    BOOST_TEST(table.contains(consumer(2)));
    BOOST_TEST(table.capacity() == 1U);
    BOOST_TEST(!table.assign(delivery(4), 1).has_value());
    BOOST_TEST(table.release(delivery(3)));
    BOOST_TEST(!table.contains(consumer(2)));
    BOOST_TEST(table.capacity() == 0U);

    table.add(consumer(3), {4});
    table.retire(consumer(3));
    BOOST_TEST(!table.contains(consumer(3)));
}

BOOST_AUTO_TEST_SUITE_END()
