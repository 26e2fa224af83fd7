#include "hub/bridge/cache/read_cache.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using bridge::ReadCache;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(bridge_read_cache)

// Goal: an answer is fresh for its time, then stale with its age, and gone after the bound.
BOOST_AUTO_TEST_CASE(fresh_stale_gone)
{
    ReadCache cache{{.kept = 1h}};
    const SteadyTime start{1h};
    BOOST_TEST(!cache.find("k", 10s, start));
    cache.put("k", "tag", "body", 0, start);
    const auto fresh = cache.find("k", 10s, start + 9s);
    BOOST_TEST_REQUIRE(fresh.has_value());
    BOOST_TEST(fresh->fresh);
    BOOST_TEST(*fresh->body == "body");
    const auto stale = cache.find("k", 10s, start + 10s);
    BOOST_TEST_REQUIRE(stale.has_value());
    BOOST_TEST(!stale->fresh);
    BOOST_TEST((stale->age == 10s));
    BOOST_TEST(!cache.find("k", 10s, start + 2h));
    BOOST_TEST(cache.size() == 0U);
    BOOST_TEST(cache.bytes() == 0U);
}

// Goal: a drop takes what has the tag, and nothing that was asked for before it comes in later.
BOOST_AUTO_TEST_CASE(drops)
{
    ReadCache cache;
    const SteadyTime now{};
    const auto before = cache.generation("resources");
    cache.put("a", "resources", "1", before, now);
    cache.put("b", "events", "2", cache.generation("events"), now);
    cache.drop("resources");
    BOOST_TEST(!cache.find("a", 1h, now));
    BOOST_TEST(cache.find("b", 1h, now).has_value());
    cache.put("a", "resources", "old", before, now);
    BOOST_TEST(!cache.find("a", 1h, now));
    cache.put("a", "resources", "new", cache.generation("resources"), now);
    BOOST_TEST(*cache.find("a", 1h, now)->body == "new");
}

// Goal: bounded by count and by bytes; what was used last stays.
BOOST_AUTO_TEST_CASE(bounds)
{
    ReadCache cache{{.count_max = 2, .bytes_max = 40}};
    const SteadyTime now{};
    cache.put("a", "t", "1", 0, now);
    cache.put("b", "t", "2", 0, now);
    BOOST_TEST(cache.find("a", 1h, now).has_value());
    cache.put("c", "t", "3", 0, now);
    BOOST_TEST(!cache.find("b", 1h, now));
    BOOST_TEST(cache.find("a", 1h, now).has_value());

    cache.put("x", "t", std::string(30, 'x'), 0, now);  // more than a quarter: not kept
    BOOST_TEST(!cache.find("x", 1h, now));
    ReadCache small{{.count_max = 100, .bytes_max = 40}};
    for (int i = 0; i < 20; ++i) small.put(std::to_string(i), "t", std::string(8, 'y'), 0, now);
    BOOST_TEST(small.bytes() <= 40U);
    BOOST_TEST(small.find("19", 1h, now).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
