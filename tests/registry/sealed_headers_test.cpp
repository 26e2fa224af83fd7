#include "hub/registry/sealed_headers.hpp"

#include "tests/receive/house.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::registry;
using namespace katydid::test;

BOOST_AUTO_TEST_SUITE(registry_sealed_headers)

namespace {

Subscription make_subscription()
{
    Subscription made;
    made.name = "receiver";
    made.event_types = {"*"};
    made.handler.url = "https://receiver.example/";
    made.handler.headers = {{"Authorization", "Bearer hush"}, {"X-Latin", "caf\xE9"}};
    return made;
}

std::array<unsigned char, 32> other_key()
{
    std::array<unsigned char, 32> key{};
    key.fill(9);
    return key;
}

/// What the store has of it, unopened.
awaitable<Subscription> stored(House& house)
{
    const auto rows = co_await house.store->subscriptions();
    BOOST_TEST_REQUIRE(rows.value().size() == 1U);
    co_return rows->front();
}

}  // namespace

// Goal: headers come back as they were, bound to their row; without any there is nothing to seal.
BOOST_AUTO_TEST_CASE(there_and_back)
{
    const signing::Vault vault{House::master_key()};
    auto subscription = make_subscription();
    subscription.id = SubscriptionId{IdBytes{1}};
    auto row = seal_headers(subscription, vault);
    BOOST_TEST(row.handler.headers.empty());
    BOOST_TEST(row.handler.sealed_headers.find("hush") == std::string::npos);
    BOOST_TEST(!needs_sealing(row, vault));
    BOOST_TEST(needs_sealing(subscription, vault));

    auto moved = row;
    moved.id = SubscriptionId{IdBytes{2}};
    BOOST_TEST(open_headers(moved, vault).has_error());
    BOOST_TEST(open_headers(row, vault).has_value());
    BOOST_TEST((row == subscription));

    subscription.handler.headers.clear();
    BOOST_TEST((seal_headers(subscription, vault) == subscription));
    BOOST_TEST(!needs_sealing(subscription, vault));
}

// Goal: what lies in the store is sealed, by whichever way it came there; a row of an earlier
// version is sealed at the next start.
BOOST_AUTO_TEST_CASE(nothing_plain_in_the_store)
{
    House house;
    house.run([&]() -> awaitable<> {
        const auto put = co_await house.registry.put_subscription(make_subscription(),
                                                                  std::nullopt);
        BOOST_TEST((*put)->handler.headers.size() == 2U);
        auto row = co_await stored(house);
        BOOST_TEST(row.handler.headers.empty());
        BOOST_TEST(!row.handler.sealed_headers.empty());

        auto plain = **put;  // as an earlier version wrote it
        plain.version += 1;
        auto written = co_await house.store->put_subscription(plain);
        written.value();
        auto loaded = co_await house.registry.load();
        loaded.value();
        row = co_await stored(house);
        BOOST_TEST(row.handler.headers.empty());
        BOOST_TEST(!row.handler.sealed_headers.empty());
        const auto known = house.tables.subscription(plain.id);
        BOOST_TEST((known->handler.headers == plain.handler.headers));
    });
}

// Goal: with a new master key and the one of before they are sealed anew; without it the hub does
// not start, so that no receiver is called without them.
BOOST_AUTO_TEST_CASE(new_master_key)
{
    House house;
    house.run([&]() -> awaitable<> {
        const auto put = co_await house.registry.put_subscription(make_subscription(),
                                                                  std::nullopt);
        const signing::Vault strange{other_key()};
        Tables tables;
        Registry unable{*house.store, strange, house.clock, 2};
        unable.add_seat({house.loop.get_executor(), &tables});
        const auto refused = co_await unable.load();
        BOOST_TEST((refused.error() == errc::refused));

        signing::Vault both{other_key()};
        both.add_previous_key(House::master_key());
        Registry able{*house.store, both, house.clock, 3};
        able.add_seat({house.loop.get_executor(), &tables});
        const auto loaded = co_await able.load();
        BOOST_TEST(loaded.has_value());
        BOOST_TEST((tables.subscription((*put)->id)->handler.headers
                    == make_subscription().handler.headers));
        auto row = co_await stored(house);
        BOOST_TEST(knows_master_key(row, strange));
    });
}

BOOST_AUTO_TEST_SUITE_END()
