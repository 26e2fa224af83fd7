#include "hub/store/shards/places.hpp"

#include "hub/core/async/start_thread.hpp"
#include "hub/core/clock.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::store::shards;

BOOST_AUTO_TEST_SUITE(store_shards_places)

// Goal: a tenant is where it was put last, and one that was not put is in the first shard.
BOOST_AUTO_TEST_CASE(finds_what_was_set)
{
    ManualClock clock;
    IdSource ids{clock, 3};
    Places places;
    std::vector<TenantId> tenants;
    for (std::uint32_t i = 0; i < 50'000; ++i) {
        tenants.push_back(ids.make<TenantId>());
        places.set(tenants.back(), i % 5);
    }
    bool good = true;
    for (std::uint32_t i = 0; i < 50'000; ++i) good = good && places.find(tenants[i]) == i % 5;
    BOOST_TEST(good);
    BOOST_TEST(places.find(ids.make<TenantId>()) == 0U);
    places.set(tenants[0], 4);
    BOOST_TEST(places.find(tenants[0]) == 4U);
    BOOST_TEST(places.count(5)[4] == 10'001U);
}

// Goal: look-ups go on while another thread adds tenants.
BOOST_AUTO_TEST_CASE(reads_beside_a_writer)
{
    ManualClock clock;
    IdSource ids{clock, 3};
    Places places;
    std::vector<TenantId> tenants;
    for (int i = 0; i < 20'000; ++i) tenants.push_back(ids.make<TenantId>());
    std::atomic<bool> done{false};
    auto writer = start_thread([&] {
        for (const auto& tenant : tenants) places.set(tenant, 1);
        done = true;
    });
    bool good = true;
    while (!done)
        for (std::size_t i = 0; i < tenants.size(); i += 997)
            good = good && places.find(tenants[i]) < 2;
    writer.join();
    BOOST_TEST(good);
    BOOST_TEST(places.count(2)[1] == tenants.size());
}

BOOST_AUTO_TEST_SUITE_END()
