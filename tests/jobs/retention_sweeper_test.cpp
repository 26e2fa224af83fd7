#include "hub/core/subscription/subscription.hpp"
#include "hub/jobs/retention_sweeper.hpp"

#include "hub/store/sqlite/sqlite_store.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

using namespace katydid;
using jobs::RetentionSweeper;

BOOST_AUTO_TEST_SUITE(jobs_retention_sweeper)

namespace {

void rethrow(std::exception_ptr failure)
{
    if (failure) std::rethrow_exception(failure);
}

/// A store with a loop, a manual clock and a sweeper.
struct SweeperFixture {
    SweeperFixture()
    {
        store::SqliteOptions options;
        options.path = (folder.path() / "katydid.db").string();
        store = store::open_sqlite(options);
        Retention retention;
        retention.delivered = retention.dedupe = std::chrono::days{2};
        const auto forget = [this](TenantId id) -> awaitable<result<void>> {
            tables.remove_tenant(id);
            co_return result<void>{};
        };
        const auto end = [this](const SubscriptionPtr& subscription) -> awaitable<result<void>> {
            ended.push_back(subscription->name);
            co_return result<void>{};
        };
        sweeper.emplace(
            RetentionSweeper::Parts{*store, tables, clock, metrics, retention, forget, end});
    }
    ~SweeperFixture() { store->close(); }

    template <class T>
    T run(awaitable<T> call)
    {
        std::optional<T> answer;
        asio::co_spawn(loop, std::move(call),
                       [&](std::exception_ptr failure, std::optional<T> value) {
                           rethrow(failure);
                           answer = std::move(value);
                       });
        loop.restart();
        loop.run();
        return std::move(*answer);
    }

    void append(TenantId tenant, int count)
    {
        for (int i = 0; i < count; ++i) {
            auto event = std::make_shared<Event>();
            event->tenant = tenant;
            event->id = ids.make<EventId>();
            event->type = "a.b";
            event->external_id = event->id.to_string();
            event->received_at = event->occurred_at = clock.now();
            event->payload = std::make_shared<const std::string>("{}");
            run(store->append({event, {}})).value();
        }
    }

    test::TemporaryFolder folder;
    ManualClock clock;
    IdSource ids{clock, 7};
    asio::io_context loop{1};
    registry::Tables tables;
    observe::Metrics metrics;
    std::unique_ptr<store::Store> store;
    std::optional<RetentionSweeper> sweeper;
    std::vector<std::string> ended;  ///< subscriptions whose time was over
};

}  // namespace

// Goal: a sweep deletes what is over its time by the hub's rule, and by a tenant's own.
BOOST_AUTO_TEST_CASE(sweep_by_tenant)
{
    SweeperFixture lab;
    auto patient = std::make_shared<registry::Tenant>();
    patient->id = lab.ids.make<TenantId>();
    patient->name = "patient";
    patient->retention.delivered = std::chrono::days{30};
    lab.tables.put_tenant(patient);
    lab.append(default_tenant(), 700);
    lab.append(patient->id, 5);
    lab.clock.advance(std::chrono::days{1});
    BOOST_TEST(lab.run(lab.sweeper->sweep()).value() == 0U);
    lab.clock.advance(std::chrono::days{2});
    BOOST_TEST(lab.run(lab.sweeper->sweep()).value() >= 700U);
    BOOST_TEST(lab.run(lab.store->stats(default_tenant())).value().events == 0U);
    BOOST_TEST(lab.run(lab.store->stats(patient->id)).value().events == 5U);
}

// Goal: what a deleted tenant has goes at once, and the tenant itself when stragglers have ended.
BOOST_AUTO_TEST_CASE(deleted_tenants_are_emptied)
{
    SweeperFixture lab;
    auto leaving = std::make_shared<registry::Tenant>();
    leaving->id = lab.ids.make<TenantId>();
    leaving->deleted_at = lab.clock.now();
    lab.tables.put_tenant(leaving);
    lab.append(default_tenant(), 3);
    lab.append(leaving->id, 700);
    lab.clock.advance(milliseconds{1});
    BOOST_TEST(lab.run(lab.sweeper->sweep()).value() >= 700U);
    BOOST_TEST(lab.run(lab.store->stats(leaving->id)).value().events == 0U);
    BOOST_TEST(lab.run(lab.store->stats(default_tenant())).value().events == 3U);
    BOOST_TEST(lab.tables.leaving_tenants().size() == 1U);
    lab.clock.advance(std::chrono::minutes{10});
    BOOST_TEST(lab.run(lab.sweeper->sweep()).value() == 0U);
    BOOST_TEST(lab.tables.leaving_tenants().empty());
}

// Goal: a subscription ends at its time and no sooner; one without a time stays.
BOOST_AUTO_TEST_CASE(subscriptions_expire)
{
    SweeperFixture lab;
    auto tenant = std::make_shared<registry::Tenant>();
    tenant->id = default_tenant();
    tenant->name = "default";
    lab.tables.put_tenant(tenant);
    for (const auto* name : {"listen-here", "billing"}) {
        auto subscription = std::make_shared<Subscription>();
        subscription->id = lab.ids.make<SubscriptionId>();
        subscription->name = name;
        if (subscription->name == "listen-here")
            subscription->expires_at = lab.clock.now() + std::chrono::days{7};
        lab.tables.put_subscription(std::move(subscription), nullptr);
    }
    BOOST_TEST(lab.run(lab.sweeper->end_subscriptions()) == 0U);
    lab.clock.advance(std::chrono::days{7} - milliseconds{1});
    BOOST_TEST(lab.run(lab.sweeper->end_subscriptions()) == 0U);
    lab.clock.advance(milliseconds{1});
    BOOST_TEST(lab.run(lab.sweeper->end_subscriptions()) == 1U);
    BOOST_TEST((lab.ended == std::vector<std::string>{"listen-here"}));
}

// Goal: stop() ends a sweeper that rests between two sweeps.
BOOST_AUTO_TEST_CASE(stop_ends_the_rest)
{
    SweeperFixture lab;
    bool ended = false;
    asio::co_spawn(lab.loop, lab.sweeper->run(), [&](std::exception_ptr failure) {
        rethrow(failure);
        ended = true;
    });
    const auto stop = [&]() -> awaitable<void> {
        // After the sweeper's calls in the store's queue, so it rests by then.
        for (int i = 0; i < 20; ++i) co_await lab.store->stats({});
        lab.sweeper->stop();
    };
    asio::co_spawn(lab.loop, stop, rethrow);
    lab.loop.run();
    BOOST_TEST(ended);
    BOOST_TEST(lab.metrics.expose().find("katydid_store_bytes") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
