#include "hub/registry/sealed_secrets.hpp"

#include "hub/core/subscription/subscription.hpp"
#include "hub/registry/catalog.hpp"
#include "tests/receive/receiver_fixture.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::registry;
using namespace katydid::test;

BOOST_AUTO_TEST_SUITE(registry_sealed_secrets)

namespace {

const Headers some_headers{{"Authorization", "Bearer hush"}, {"X-Latin", "caf\xE9"}};

Subscription make_subscription()
{
    Subscription made;
    made.name = "receiver";
    made.event_types = {"*"};
    made.handler.url = "https://receiver.example/";
    made.handler.headers = some_headers;
    return made;
}

std::array<unsigned char, 32> other_key()
{
    std::array<unsigned char, 32> key{};
    key.fill(9);
    return key;
}

store::Record record_with(std::uint8_t number)
{
    store::Record record;
    record.kind = store::subscription_kind;
    record.id = SubscriptionId{IdBytes{number}}.to_string();
    return record;
}

signing::KeyRingPtr ring_with(std::string secret)
{
    auto ring = std::make_shared<signing::KeyRing>();
    ring->keys.push_back({KeyId{IdBytes{7}}, Secret{std::move(secret)}, Timestamp{}, std::nullopt});
    return ring;
}

/// A hub with another vault on the same store.
struct OtherHub {
    OtherHub(ReceiverFixture& house, const signing::Vault& vault)
        : registry{*house.store, vault, house.clock, 2}
    {
        registry.add_loop({house.loop.get_executor(), &tables});
    }
    Tables tables;
    Registry registry;
};

}  // namespace

// Goal: keys and headers come back as they were, bound to their record.
BOOST_AUTO_TEST_CASE(there_and_back)
{
    const signing::Vault vault{ReceiverFixture::master_key()};
    boost::json::object object;
    seal_secrets({ring_with("topsecret"), {}, some_headers}, record_with(1), vault, object);
    const auto text = boost::json::serialize(object);
    BOOST_TEST(text.find("hush") == std::string::npos);
    BOOST_TEST(text.find("topsecret") == std::string::npos);

    const auto opened = open_secrets(record_with(1), vault, object);
    BOOST_TEST((opened.headers == some_headers));
    BOOST_TEST_REQUIRE(opened.keys->keys.size() == 1U);
    BOOST_TEST(opened.keys->keys[0].secret.text() == "topsecret");
    BOOST_TEST((opened.keys->keys[0].not_before == Timestamp{}));
    BOOST_TEST(!opened.keys->keys[0].not_after.has_value());
    BOOST_TEST(open_secrets(record_with(2), vault, object).headers.empty());
}

// Goal: a key that cannot be opened is written again as it was, not lost.
BOOST_AUTO_TEST_CASE(unreadable_keys_stay)
{
    const signing::Vault vault{ReceiverFixture::master_key()};
    const signing::Vault strange{other_key()};
    boost::json::object object;
    seal_secrets({ring_with("topsecret")}, record_with(1), vault, object);
    const auto unread = open_secrets(record_with(1), strange, object);
    BOOST_TEST(unread.keys->keys.empty());
    boost::json::object again;
    seal_secrets(unread, record_with(1), strange, again);
    BOOST_TEST((again == object));
}

// Goal: what lies in the store is sealed, and opened for a hub that starts.
BOOST_AUTO_TEST_CASE(nothing_plain_in_the_store)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        const auto put = co_await house.registry.subscriptions.put(make_subscription(),
                                                                   Secret{"topsecret"});
        BOOST_TEST((put.value()->handler.headers == some_headers));
        const auto rows = co_await house.store->records(store::subscription_kind);
        BOOST_TEST_REQUIRE(rows.value().size() == 1U);
        BOOST_TEST(rows->front().json.find("hush") == std::string::npos);
        BOOST_TEST(rows->front().json.find("topsecret") == std::string::npos);

        OtherHub later{house, house.vault};
        const auto loaded = co_await later.registry.load();
        loaded.value();
        const auto known = later.tables.subscription((*put)->id);
        BOOST_TEST((*known == **put));
        BOOST_TEST(later.tables.subscription_keys(known->id)->keys.size() == 1U);
    });
}

// Goal: with a new master key and the one of before secrets are sealed anew; without it the hub
// does not start, so that no receiver is called without them.
BOOST_AUTO_TEST_CASE(new_master_key)
{
    ReceiverFixture house;
    house.run([&]() -> awaitable<> {
        const auto put = co_await house.registry.subscriptions.put(make_subscription(),
                                                                   Secret{"topsecret"});
        co_await house.add_source("shop", "stripe", "another");
        const signing::Vault strange{other_key()};
        OtherHub unable{house, strange};
        const auto refused = co_await unable.registry.load();
        BOOST_TEST((refused.error() == errc::refused));

        signing::Vault both{other_key()};
        both.add_previous_key(ReceiverFixture::master_key());
        OtherHub able{house, both};
        const auto loaded = co_await able.registry.load();
        BOOST_TEST(loaded.has_value());

        OtherHub later{house, strange};  // the key of before is not needed any more
        const auto again = co_await later.registry.load();
        BOOST_TEST(again.has_value());
        const auto id = put.value()->id;
        BOOST_TEST((later.tables.subscription(id)->handler.headers == some_headers));
        BOOST_TEST(later.tables.subscription_keys(id)->keys.front().secret.text() == "topsecret");
        const auto source = later.tables.source(default_tenant(), "shop");
        BOOST_TEST(source->keys->keys.front().secret.text() == "another");
    });
}

BOOST_AUTO_TEST_SUITE_END()
