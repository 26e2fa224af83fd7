// What a deletion does besides removing rows.
#include "hub/core/subscription/subscription.hpp"
#include "hub/registry/registry.hpp"
#include "tests/store/memory/memory_store.hpp"
#include "tests/support/run_coroutine.hpp"

#include <boost/test/unit_test.hpp>

using namespace katydid;
using namespace katydid::registry;

namespace {

struct OneHub {
    OneHub() { registry.add_loop({loop.get_executor(), &tables}); }

    awaitable<TenantPtr> add_tenant(std::string name, TenantId owner = {})
    {
        Tenant tenant;
        tenant.name = std::move(name);
        tenant.owner = owner;
        const auto put = co_await registry.tenants.put(std::move(tenant));
        co_return put.value();
    }
    awaitable<SubscriptionPtr> add_subscription(TenantId tenant)
    {
        Subscription subscription;
        subscription.tenant = tenant;
        subscription.name = "one";
        const auto put = co_await registry.subscriptions.put(std::move(subscription), std::nullopt);
        co_return put.value();
    }
    awaitable<void> add_key(std::string sha256)
    {
        ApiKey key;
        key.name = "k";
        key.sha256 = std::move(sha256);
        const auto put = co_await registry.api_keys.put(std::move(key));
        put.value();
    }

    asio::io_context loop{1};
    test::MemoryStore store;
    signing::Vault vault{std::array<unsigned char, 32>{7}};
    ManualClock clock;
    Tables tables;
    Registry registry{store, vault, clock, 1};
};

/// Runs a deletion that has much to cancel; others make their changes meanwhile.
void delete_slowly(OneHub& hub, std::function<awaitable<result<void>>()> remove)
{
    hub.loop.restart();
    hub.store.cancel_gate.emplace();
    std::optional<result<void>> removed;
    asio::co_spawn(hub.loop, remove(), [&](const std::exception_ptr& failure, result<void> answer) {
        BOOST_TEST(!failure);
        removed.emplace(std::move(answer));
    });
    test::run_coroutine(hub.loop, [&]() -> awaitable<> {
        co_await hub.add_key(std::string(32, 'k'));
        BOOST_TEST(!removed.has_value());
        hub.store.cancel_gate->set();
    });
    hub.loop.restart();
    hub.loop.run();
    BOOST_TEST_REQUIRE(removed.has_value());
    BOOST_TEST(removed->has_value());
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(registry_deletion, OneHub)

// Goal: while a subscription's backlog is cancelled other settings can be changed. Regression: the
// deletion held the registry's mutex until the last delivery was cancelled.
BOOST_AUTO_TEST_CASE(a_backlog_holds_up_no_change)
{
    SubscriptionPtr made;
    test::run_coroutine(
        loop, [&]() -> awaitable<> { made = co_await add_subscription(default_tenant()); });
    delete_slowly(*this, [&]() -> awaitable<result<void>> {
        return registry.subscriptions.remove(default_tenant(), made->id.to_string());
    });
    BOOST_TEST(!tables.subscription(made->id));
}

// Goal: the same for a tenant with all that it has.
BOOST_AUTO_TEST_CASE(a_tenant_holds_up_no_change)
{
    TenantPtr tenant;
    SubscriptionPtr made;
    test::run_coroutine(loop, [&]() -> awaitable<> {
        tenant = co_await add_tenant("shop");
        made = co_await add_subscription(tenant->id);
    });
    delete_slowly(*this, [&] { return registry.delete_tenant(tenant->id, tenant->version); });
    BOOST_TEST(!tables.tenant(tenant->id));
    BOOST_TEST(!tables.subscription(made->id));
}

// Goal: a tenant goes after those that it made, and while it goes none can be made for it.
BOOST_AUTO_TEST_CASE(owners_go_last)
{
    test::run_coroutine(loop, [this]() -> awaitable<> {
        const auto owner = co_await add_tenant("platform");
        const auto owned = co_await add_tenant("customer", owner->id);
        auto deleted = co_await registry.delete_tenant(owner->id, owner->version);
        BOOST_TEST_REQUIRE(!deleted.has_value());
        BOOST_TEST((deleted.error() == errc::conflict));
        BOOST_TEST(deleted.error().message.find("\"customer\"") != std::string::npos);
        BOOST_TEST(!!tables.tenant(owner->id));
        deleted = co_await registry.delete_tenant(owned->id, owned->version);
        BOOST_TEST(deleted.has_value());
        deleted = co_await registry.delete_tenant(owner->id, owner->version);
        BOOST_TEST(deleted.has_value());
        Tenant late;
        late.name = "late";
        late.owner = owner->id;
        const auto put = co_await registry.tenants.put(std::move(late));
        BOOST_TEST((put.error() == errc::conflict));
    });
}

BOOST_AUTO_TEST_SUITE_END()
