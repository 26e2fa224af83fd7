// Several hubs on one store: what one changes the others take up, and what they make together.
#include "hub/registry/registry.hpp"

#include "hub/core/subscription/fixed_subscription.hpp"
#include "tests/support/full_subscription.hpp"
#include "tests/receive/receiver_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::registry;
using namespace katydid::test;

namespace {

/// A second hub on the store of the first.
struct TwoHubs : ReceiverFixture {
    TwoHubs() { other.add_loop({loop.get_executor(), &other_tables}); }

    awaitable<void> refresh_other()
    {
        const auto read = co_await other.refresh();
        read.value();
    }

    Tables other_tables;
    Registry other{*store, vault, clock, 5};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(registry_registry, TwoHubs)

// Goal: a filter as deep as a body of the API may be comes back from the store. Regression: the
// record is deeper than the body, and was left out at the next start.
BOOST_AUTO_TEST_CASE(deep_filters_come_back)
{
    run([this]() -> awaitable<> {
        auto made = full_subscription();
        made.filter = R"({"payload":{"a":1}})";
        for (int i = 0; i < 14; ++i) made.filter = R"({"$or":[)" + made.filter + "]}";
        const auto filter = made.filter;
        const auto put = co_await registry.subscriptions.put(std::move(made), Secret{"whsec_a"});
        BOOST_TEST_REQUIRE(put.has_value());
        co_await refresh_other();
        const auto rows = other_tables.subscriptions(default_tenant());
        BOOST_TEST_REQUIRE(rows.size() == 1U);
        BOOST_TEST(rows.front()->filter == filter);
    });
}

// Goal: every field of a subscription, a source, an API key and a tenant comes to another hub.
BOOST_AUTO_TEST_CASE(rows_come_back_whole)
{
    run([this]() -> awaitable<> {
        const auto subscription = co_await registry.subscriptions.put(full_subscription(),
                                                                      Secret{"whsec_a"});
        const auto source = co_await add_source("shop", "stripe", "topsecret",
                                                R"({"tolerance":"5m"})");
        registry::ApiKey key;
        key.name = "ci";
        key.sha256 = std::string(32, '\x80');
        key.scopes = {"events:write", "admin"};
        key.expires_at = clock.now();
        const auto api_key = co_await registry.api_keys.put(std::move(key));
        Tenant tenant;
        tenant.name = "acme";
        tenant.in_flight = 7;
        const auto made = co_await registry.tenants.put(std::move(tenant));
        co_await refresh_other();

        BOOST_TEST((*other_tables.subscription((*subscription)->id) == **subscription));
        const auto entry = other_tables.source(default_tenant(), "shop");
        BOOST_TEST_REQUIRE(!!entry);
        BOOST_TEST((entry->source.id == source->source.id
                    && entry->source.settings == source->source.settings));
        BOOST_TEST(entry->keys->keys.front().secret.text() == "topsecret");
        const auto known = other_tables.api_key(std::string(32, '\x80'));
        BOOST_TEST_REQUIRE(!!known);
        BOOST_TEST((known->scopes == (*api_key)->scopes && known->expires_at == clock.now()));
        BOOST_TEST((!known->revoked_at && !known->is_operator && known->name == "ci"));
        BOOST_TEST(other_tables.tenant((*made)->id)->in_flight == 7U);
        BOOST_TEST(other_tables.tenant(default_tenant())->name == "default");
    });
}

// Goal: a tenant that is deleted goes with everything in it, in other hubs too, and its name is
// free; what a hub that stopped in the middle left goes at the next start.
BOOST_AUTO_TEST_CASE(deleted_tenants_go_with_what_they_have)
{
    run([this]() -> awaitable<> {
        Tenant tenant;
        tenant.name = "acme";
        const auto made = co_await registry.tenants.put(std::move(tenant));
        const auto id = (*made)->id;
        auto subscription = full_subscription();
        subscription.tenant = id;
        subscription.signature.clear();
        const auto put = co_await registry.subscriptions.put(subscription, Secret{"whsec_a"});
        ApiKey key;
        key.tenant = id;
        key.sha256 = std::string(32, 'k');
        const auto api_key = co_await registry.api_keys.put(std::move(key));
        BOOST_TEST_REQUIRE((put.has_value() && api_key.has_value()));
        co_await refresh_other();
        BOOST_TEST(!!other_tables.tenant(id));

        auto deleted = co_await registry.delete_tenant(id, (*made)->version + 1);
        BOOST_TEST((deleted.error() == errc::conflict));
        deleted = co_await registry.delete_tenant(id, (*made)->version);
        BOOST_TEST(deleted.has_value());
        deleted = co_await registry.delete_tenant(id, (*made)->version);
        BOOST_TEST((deleted.error() == errc::not_found));
        // The other hub has not heard of it yet, and makes something.
        subscription.name = "late";
        const auto late = co_await other.subscriptions.put(subscription, std::nullopt);
        BOOST_TEST_REQUIRE(late.has_value());
        co_await refresh_other();
        subscription.name = "later";
        const auto later = co_await other.subscriptions.put(subscription, std::nullopt);
        BOOST_TEST((later.error() == errc::not_found));
        BOOST_TEST(!other_tables.tenant(id));
        BOOST_TEST(!other_tables.tenant_by_name("acme"));
        BOOST_TEST(!other_tables.subscription((*put)->id));
        BOOST_TEST(!other_tables.api_key(std::string(32, 'k')));
        BOOST_TEST(other_tables.leaving_tenants().size() == 1U);
        Tenant again;
        again.name = "acme";
        const auto second = co_await registry.tenants.put(std::move(again));
        BOOST_TEST(second.has_value());

        Tables third_tables;
        Registry third{*store, vault, clock, 6};
        third.add_loop({loop.get_executor(), &third_tables});
        const auto loaded = co_await third.load();
        BOOST_TEST(loaded.has_value());
        BOOST_TEST(!third_tables.subscription((*late)->id));
        const auto forgotten = co_await third.forget_tenant(id);
        BOOST_TEST(forgotten.has_value());
        BOOST_TEST(third_tables.leaving_tenants().empty());
        const auto standard = co_await registry.delete_tenant(default_tenant(), 0);
        BOOST_TEST((standard.error() == errc::conflict));
    });
}

// Goal: a change of what another hub changed meanwhile is refused; a key is revoked all the same.
BOOST_AUTO_TEST_CASE(stale_changes_are_refused)
{
    run([this]() -> awaitable<> {
        auto put = co_await registry.subscriptions.put(full_subscription(), std::nullopt);
        const auto first = **put;
        registry::ApiKey key;
        key.sha256 = std::string(32, 'k');
        const auto api_key = co_await registry.api_keys.put(std::move(key));
        co_await refresh_other();
        auto changed = first;
        changed.name = "renamed";
        put = co_await registry.subscriptions.put(changed, std::nullopt);
        BOOST_TEST((*put)->version == 2U);
        put = co_await registry.subscriptions.put(first, std::nullopt);
        BOOST_TEST((put.error() == errc::conflict));
        put = co_await other.subscriptions.put(first, std::nullopt);
        BOOST_TEST((put.error() == errc::conflict));
        auto fresh = full_subscription();
        fresh.name = "renamed";
        put = co_await other.subscriptions.put(std::move(fresh), std::nullopt);
        BOOST_TEST((put.error() == errc::conflict));

        auto revoked = **api_key;
        revoked.revoked_at = clock.now();
        auto renamed = **api_key;
        renamed.name = "another";
        const auto elsewhere = co_await other.api_keys.put(std::move(renamed));
        BOOST_TEST(elsewhere.has_value());
        const auto stored = co_await registry.api_keys.put(std::move(revoked));
        BOOST_TEST(stored.has_value());
        clock.advance(milliseconds{1});
        co_await refresh_other();
        BOOST_TEST(other_tables.api_key(std::string(32, 'k'))->revoked_at.has_value());
    });
}

// Goal: a rotation brings its ring to other hubs and keeps the one before for a while.
BOOST_AUTO_TEST_CASE(rotations_reach_other_hubs)
{
    run([this]() -> awaitable<> {
        const auto source = co_await add_source("shop", "stripe", "first");
        co_await refresh_other();
        Rotation rotation{Secret{"second"}, std::chrono::hours{1}};
        const auto rotated = co_await registry.sources.rotate(
            default_tenant(), source->source.id.to_string(), std::move(rotation));
        BOOST_TEST(rotated.value()->keys.size() == 2U);
        co_await refresh_other();
        const auto entry = other_tables.source(default_tenant(), "shop");
        BOOST_TEST_REQUIRE(entry->scheme_keys.front()->keys.size() == 2U);
        BOOST_TEST(entry->keys->keys[0].secret.text() == "second");
        BOOST_TEST((entry->keys->keys[1].not_after == clock.now() + std::chrono::hours{1}));
    });
}

// Goal: what one hub deleted is gone in the others, also where its name was taken again.
BOOST_AUTO_TEST_CASE(deletions_reach_other_hubs)
{
    run([this]() -> awaitable<> {
        const auto before = co_await add_source("shop", "stripe", "first");
        const auto put = co_await registry.subscriptions.put(full_subscription(), std::nullopt);
        co_await refresh_other();
        auto removed = co_await registry.sources.remove(default_tenant(),
                                                        before->source.id.to_string());
        removed.value();
        const auto after = co_await add_source("shop", "github", "second");
        removed = co_await registry.subscriptions.remove(default_tenant(), (*put)->id.to_string(),
                                                         1);
        removed.value();
        co_await refresh_other();
        const auto entry = other_tables.source(default_tenant(), "shop");
        BOOST_TEST_REQUIRE(!!entry);
        BOOST_TEST((entry->source.id == after->source.id));
        BOOST_TEST(!other_tables.subscription((*put)->id));
        removed = co_await other.subscriptions.remove(default_tenant(), (*put)->id.to_string());
        BOOST_TEST((removed.error() == errc::not_found));
    });
}

// Goal: a scheme that another hub changed counts for the sources that were there before it.
BOOST_AUTO_TEST_CASE(changed_schemes_reach_sources_of_other_hubs)
{
    run([this]() -> awaitable<> {
        const std::string toml{signing::scheme_toml(*signing::find_scheme("github"))};
        const auto stored = co_await registry.schemes.put(default_tenant(), "own", toml, 0);
        stored.value();
        co_await add_source("shop", "own", "topsecret");
        co_await refresh_other();
        const auto first = other_tables.source(default_tenant(), "shop")->schemes.front();
        const std::string gitlab{signing::scheme_toml(*signing::find_scheme("gitlab"))};
        const auto changed = co_await registry.schemes.put(default_tenant(), "own", gitlab, 1);
        changed.value();
        co_await refresh_other();
        const auto entry = other_tables.source(default_tenant(), "shop");
        BOOST_TEST((entry->schemes.front() != first));
        BOOST_TEST(
            (entry->schemes.front() == other_tables.schemes().find(default_tenant(), "own")));
    });
}

// Goal: hubs that start together with the same settings make each source and subscription once,
// and each has the secrets of its settings; without the settings both retire them.
BOOST_AUTO_TEST_CASE(hubs_that_start_together)
{
    run([this]() -> awaitable<> {
        FixedSource source;
        source.name = "shop";
        source.schemes = {"stripe"};
        source.secrets.emplace_back("topsecret");
        const std::vector<FixedSource> sources{source};
        FixedSubscription fixed;
        fixed.subscription.name = "stock";
        fixed.subscription.read_only = true;
        fixed.secret.emplace("whsec_a");
        const std::vector<FixedSubscriptionPtr> subscriptions{
            std::make_shared<const FixedSubscription>(fixed)};
        auto loaded = co_await registry.load();
        loaded.value();
        loaded = co_await other.load();
        loaded.value();
        const auto first = co_await registry.fix(sources, subscriptions);
        first.value();
        const auto second = co_await other.fix(sources, subscriptions);
        BOOST_TEST_REQUIRE(second.has_value());
        const auto made = tables.subscription_by_name(default_tenant(), "stock");
        const auto same = other_tables.subscription_by_name(default_tenant(), "stock");
        BOOST_TEST((*made == *same));
        for (const auto* each : {&tables, &other_tables}) {
            const auto entry = each->source(default_tenant(), "shop");
            BOOST_TEST(entry->keys->keys.size() == 1U);
            BOOST_TEST(each->subscription_keys(made->id)->keys.size() == 1U);
        }
        co_await refresh_other();
        BOOST_TEST(other_tables.source(default_tenant(), "shop")->keys->keys.size() == 1U);
        const auto rows = co_await store->records(store::source_kind);
        BOOST_TEST(rows->front().json.find("sealed") == std::string::npos);

        const std::vector<FixedSource> no_sources;
        const std::vector<FixedSubscriptionPtr> no_subscriptions;
        for (auto* each : {&registry, &other}) {  // the setting is gone
            const auto retired = co_await each->fix(no_sources, no_subscriptions);
            BOOST_TEST(retired.has_value());
        }
        for (const auto* each : {&tables, &other_tables}) {
            BOOST_TEST(!each->source(default_tenant(), "shop"));
            BOOST_TEST((each->subscription(made->id)->status == SubscriptionStatus::disabled));
        }
    });
}

// Goal: a record that cannot be read is left out, and the others are there.
BOOST_AUTO_TEST_CASE(unreadable_records_are_left_out)
{
    run([this]() -> awaitable<> {
        co_await add_source("shop", "stripe", "topsecret");
        store::Record broken;
        broken.kind = store::source_kind;
        broken.id = ids.make<SourceId>().to_string();
        broken.json = "[]";
        const auto put = co_await store->put_record(std::move(broken));
        put.value();
        const auto loaded = co_await other.load();
        BOOST_TEST(loaded.has_value());
        BOOST_TEST(other_tables.sources(default_tenant()).size() == 1U);
    });
}

BOOST_AUTO_TEST_SUITE_END()
