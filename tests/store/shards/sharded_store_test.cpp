// What is special about a store of several: which call goes where, and what happens when one of
// them is away. That it is a store like any other, the suite says.
#include "tests/store/shards/shard_lab.hpp"
#include "tests/store/stores.hpp"

#include <tuple>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;
using katydid::test::MemoryShards;
using katydid::test::place_of;

namespace {

Record record_of(TenantId tenant, std::string kind, std::string id)
{
    Record record;
    record.tenant = tenant;
    record.kind = std::move(kind);
    record.id = std::move(id);
    record.json = "{}";
    return record;
}

/// Two shards: `here` lives in the first, `there` in the second.
struct Lab : MemoryShards {
    Lab() : fixture{open_sharded(options({"a", "b"}))}
    {
        closed["b"] = false;
        run(store().put_record(place_of(there, "b"))).value();
        run(store().records("tenant")).value();  // as a hub does that hears of new settings
    }
    Store& store() { return *fixture.store; }
    template <class T>
    result<T> run(awaitable<result<T>> call)
    {
        return fixture.run(std::move(call));
    }
    result<Appended> append(TenantId tenant, std::string name)
    {
        auto event = fixture.make_event(std::move(name));
        event->tenant = tenant;
        return run(store().append({event, {}}));
    }

    StoreFixture fixture;
    TenantId here = fixture.ids.make<TenantId>();
    TenantId there = fixture.ids.make<TenantId>();
};

}  // namespace

BOOST_AUTO_TEST_SUITE(store_shards)

// Goal: a tenant's rows are in its shard; what the whole hub must know is in the first.
BOOST_AUTO_TEST_CASE(routes_by_tenant)
{
    Lab lab;
    BOOST_TEST(lab.append(lab.here, "one").has_value());
    BOOST_TEST(lab.append(lab.there, "two").has_value());
    BOOST_TEST(lab.run(lab.stores["a"]->stats({})).value().events == 1U);
    BOOST_TEST(lab.run(lab.stores["b"]->stats({})).value().events == 1U);
    BOOST_TEST(lab.run(lab.store().stats({})).value().events == 2U);
    BOOST_TEST(lab.run(lab.store().stats(lab.there)).value().events == 1U);
    for (const auto* kind : {"subscription", "breaker"}) {
        lab.run(lab.store().put_record(record_of(lab.there, kind, "x"))).value();
        lab.run(lab.store().put_record(record_of(lab.here, kind, "y"))).value();
        BOOST_TEST(lab.run(lab.store().records(kind)).value().size() == 2U);
        BOOST_TEST(lab.run(lab.store().record(lab.there, kind, "x")).has_value());
    }
    BOOST_TEST(lab.run(lab.stores["a"]->records("subscription")).value().size() == 2U);
    BOOST_TEST(lab.run(lab.stores["b"]->records("breaker")).value().size() == 1U);
}

// Goal: settlements of several shards reach each of them in one call.
BOOST_AUTO_TEST_CASE(settles_in_each_shard)
{
    Lab lab;
    std::vector<Settlement> settlements;
    for (const auto& tenant : {lab.here, lab.there}) {
        const auto subscription = lab.fixture.ids.make<SubscriptionId>();
        auto event = lab.fixture.make_event("x");
        event->tenant = tenant;
        lab.run(lab.store().append({event, {{subscription, ""}}})).value();
    }
    for (const auto& work : lab.fixture.recorder.take_works()) {
        settlements.push_back(lab.fixture.make_settlement(work, DeliveryState::delivered, 200));
        settlements.back().tenant = work.delivery.tenant;
    }
    BOOST_REQUIRE(settlements.size() == 2U);
    BOOST_TEST(lab.run(lab.store().settle(std::move(settlements))).has_value());
    const auto stats = lab.run(lab.store().stats({})).value();
    BOOST_TEST(stats.deliveries_by_state[static_cast<int>(DeliveryState::delivered)] == 2U);
}

// Goal: a new tenant goes to the emptiest shard, and is found there after a restart; the default
// tenant stays in the first.
BOOST_AUTO_TEST_CASE(new_tenants_go_to_the_emptiest)
{
    MemoryShards shards;
    StoreFixture lab{open_sharded(shards.options({"a", "b", "c"}))};
    auto& store = *lab.store;
    lab.append("fills the first", {});
    std::vector<TenantId> tenants;
    for (int i = 0; i < 4; ++i) {
        tenants.push_back(lab.ids.make<TenantId>());
        lab.run(store.put_record(record_of(tenants.back(), "tenant", "x"))).value();
    }
    BOOST_TEST(store.shard_of(default_tenant()) == 0U);
    BOOST_TEST(store.shard_of(tenants[0]) == 1U);
    BOOST_TEST(store.shard_of(tenants[1]) == 2U);
    BOOST_TEST(store.shard_of(tenants[2]) == 1U);
    lab.store->close();
    lab.store = open_sharded(shards.options({"a", "b", "c"}));
    BOOST_TEST(lab.store->shard_of(tenants[1]) == 2U);
    // A change of a tenant moves nothing.
    auto changed = record_of(tenants[1], "tenant", "x");
    changed.version = 2;
    lab.run(lab.store->put_record(std::move(changed))).value();
    BOOST_TEST(lab.store->shard_of(tenants[1]) == 2U);
    lab.run(lab.store->delete_record(tenants[1], "tenant", "x")).value();
    BOOST_TEST(lab.run(lab.store->records("tenant_shard")).value().size() == 3U);
}

// Goal: a shard that refuses hurts its own tenants only; lists of all leave it out.
BOOST_AUTO_TEST_CASE(a_refusing_shard_hurts_its_own)
{
    Lab lab;
    lab.run(lab.store().put_record(record_of(lab.here, "breaker", "y"))).value();
    lab.stores["b"]->failing = errc::store_unavailable;
    lab.stores["b"]->health_now = Health::unavailable;
    BOOST_TEST((lab.append(lab.there, "two").error() == errc::store_unavailable));
    BOOST_TEST(lab.append(lab.here, "one").has_value());
    BOOST_TEST(lab.run(lab.store().stats({})).value().events == 1U);
    BOOST_TEST(lab.run(lab.store().records("breaker")).value().size() == 1U);
    BOOST_TEST(lab.run(lab.store().backlog()).has_value());
    BOOST_TEST((lab.store().health() == Health::ok));
    BOOST_TEST((lab.store().shard_health(1) == Health::unavailable));
    BOOST_TEST(lab.store().shard_name(1) == "b");
    lab.stores["b"]->failing.reset();
}

// Goal: retention goes on in the other shards, and the sweep says that it left one out.
BOOST_AUTO_TEST_CASE(a_sweep_says_what_it_left_out)
{
    Lab lab;
    lab.append(lab.here, "one").value();
    lab.append(lab.there, "two").value();
    lab.fixture.clock.advance(std::chrono::hours{24 * 400});
    lab.stores["b"]->failing = errc::store_unavailable;
    const auto sweep = [&] {
        while (true) {
            const auto gone = lab.run(lab.store().purge({}, lab.fixture.clock.now(), 10));
            if (!gone || *gone == 0) return gone.has_value();
        }
    };
    BOOST_TEST(!sweep());
    BOOST_TEST(lab.run(lab.store().stats({})).value().events == 0U);
    lab.stores["b"]->failing.reset();
    BOOST_TEST(sweep());
    BOOST_TEST(lab.run(lab.stores["b"]->stats({})).value().events == 0U);
}

// Goal: a hub starts while a shard is away, its tenants get 503, and it is taken up when it comes.
BOOST_AUTO_TEST_CASE(a_shard_that_is_away_at_start)
{
    MemoryShards shards;
    ManualClock clock;
    const auto tenant = IdSource{clock, 5}.make<TenantId>();
    const auto subscription = SubscriptionId{tenant.bytes()};
    {
        StoreFixture lab{open_sharded(shards.options({"a", "b"}))};
        lab.run(lab.store->put_record(place_of(tenant, "b"))).value();
        lab.run(lab.store->records("tenant")).value();
        auto event = lab.make_event("waits");
        event->tenant = tenant;
        lab.run(lab.store->append({event, {{subscription, ""}}})).value();
    }
    shards.closed["b"] = true;
    auto options = shards.options({"a", "b"});
    std::vector<std::string> warnings;
    options.warn = [&](std::string warning) { warnings.push_back(std::move(warning)); };
    StoreFixture lab{open_sharded(std::move(options))};
    // Regression: the log did not say why a shard could not be opened.
    BOOST_REQUIRE(warnings.size() == 1U);
    BOOST_TEST(warnings[0] == "Shard \"b\" cannot be opened yet: no connection");
    BOOST_TEST((lab.run(lab.store->stats(tenant)).error() == errc::store_unavailable));
    BOOST_TEST(lab.append("works", {}).deliveries == 0U);
    BOOST_TEST((lab.store->shard_health(1) == Health::unavailable));
    BOOST_TEST(lab.run(lab.store->backlog()).value().empty());
    shards.closed["b"] = false;
    BOOST_TEST(lab.recorder.wait_for(Health::ok));
    std::vector<Backlog> backlog;
    while (backlog.empty()) backlog = lab.recorder.take_backlog();
    BOOST_TEST((backlog.front().subscription == subscription));
    BOOST_TEST(lab.run(lab.store->stats(tenant)).value().events == 1U);
}

// Goal: names and order are not mixed up: a store that is another shard is refused.
BOOST_AUTO_TEST_CASE(another_shard_is_refused)
{
    MemoryShards shards;
    open_sharded(shards.options({"a", "b"}))->close();
    BOOST_CHECK_THROW(std::ignore = open_sharded(shards.options({"b", "a"})), Failure);
    auto swapped = shards.options({"a", "b"});
    swapped.shards[1].name = "c";
    BOOST_CHECK_THROW(std::ignore = open_sharded(std::move(swapped)), Failure);
    open_sharded(shards.options({"a", "b", "c"}))->close();
}

// Goal: a tenant of a shard that is no longer in the settings is refused, not given to another.
BOOST_AUTO_TEST_CASE(an_unnamed_shard)
{
    Lab lab;
    lab.fixture.store->close();
    lab.fixture.store = open_sharded(lab.options({"a", "c"}));
    const auto refused = lab.append(lab.there, "two");
    BOOST_TEST((refused.error() == errc::store_unavailable));
    BOOST_TEST(refused.error().message.find("[[shards]]") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
