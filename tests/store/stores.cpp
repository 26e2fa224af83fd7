#include "tests/store/stores.hpp"

#include "hub/store/postgres/postgres_store.hpp"
#include "hub/store/shards/sharded_store.hpp"
#include "hub/store/shards/wait_for.hpp"
#include "hub/store/sqlite/sqlite_store.hpp"
#include "tests/store/memory/memory_store.hpp"
#include "tests/store/postgres/postgres_server.hpp"
#include "tests/store/shards/shard_lab.hpp"

#include <cstdlib>
#include <stdexcept>

namespace katydid::store::test {
namespace {

class SqlitePlace final : public StoreLocation {
public:
    std::unique_ptr<Store> open(std::uint32_t window_per_subscription) override
    {
        SqliteOptions options;
        options.path = directory_.file("katydid.db");
        options.window_per_subscription = window_per_subscription;
        return open_sqlite(std::move(options));
    }

private:
    TemporaryDirectory directory_;
};

class PostgresPlace final : public StoreLocation {
public:
    PostgresPlace() : server_{PostgresServer::shared()}, schema_{server_.make_schema()} {}
    ~PostgresPlace() override { server_.run("public", "DROP SCHEMA " + schema_ + " CASCADE"); }
    std::unique_ptr<Store> open(std::uint32_t window_per_subscription) override
    {
        PostgresOptions options;
        options.url = server_.url(schema_);
        options.window_per_subscription = window_per_subscription;
        return open_postgres(std::move(options));
    }

private:
    PostgresServer& server_;
    std::string schema_;
};

/// What was kept is what outlives a store that was closed.
class MemoryPlace final : public StoreLocation {
public:
    std::unique_ptr<Store> open(std::uint32_t window_per_subscription) override
    {
        kept_->restart(window_per_subscription);
        return std::make_unique<katydid::test::MemoryStore>(kept_);
    }

private:
    std::shared_ptr<katydid::test::MemoryData> kept_
        = std::make_shared<katydid::test::MemoryData>();
};

/// Several SQLite files as one store. The default tenant, which most cases use, lives in the last.
class ShardsPlace final : public StoreLocation {
public:
    explicit ShardsPlace(std::size_t count) : count_{count} {}

    std::unique_ptr<Store> open(std::uint32_t window_per_subscription) override
    {
        if (!std::exchange(is_placed_, true)) place_default_tenant();
        return open_sharded(options(window_per_subscription));
    }

private:
    [[nodiscard]] ShardedOptions options(std::uint32_t window) const
    {
        ShardedOptions sharded;
        for (std::size_t i = 0; i < count_; ++i) {
            const auto name = "s" + std::to_string(i);
            SqliteOptions sqlite;
            sqlite.path = directory_.file(name + ".db");
            sqlite.window_per_subscription = window;
            sharded.shards.push_back({name, [sqlite] { return open_sqlite(sqlite); }});
        }
        return sharded;
    }
    void place_default_tenant() const
    {
        const auto store = open_sharded(options(1));
        auto put = store->put_record(
            katydid::test::place_of(default_tenant(), "s" + std::to_string(count_ - 1)));
        shards::wait_for(std::move(put)).value();
        store->close();
    }

    TemporaryDirectory directory_;
    std::size_t count_;
    bool is_placed_ = false;
};

/// Two schemas on two servers, or of the database that KATYDID_TEST_CITUS names, each of which
/// Citus then puts on a worker. The default tenant lives in the second.
class PostgresShardsPlace final : public StoreLocation {
public:
    explicit PostgresShardsPlace(const char* citus) : citus_{citus == nullptr ? "" : citus}
    {
        if (citus_.empty()) {
            for (auto* server : {&PostgresServer::shared(), &second_server()})
                urls_.push_back(server->url(server->make_schema()));
        } else {
            urls_ = {distribute(), distribute()};
        }
    }
    std::unique_ptr<Store> open(std::uint32_t window_per_subscription) override
    {
        auto store = open_sharded(options(window_per_subscription));
        auto place = katydid::test::place_of(default_tenant(), "s1");
        shards::wait_for(store->put_record(std::move(place))).value();
        shards::wait_for(store->records("tenant")).value();
        return store;
    }

private:
    static PostgresServer& second_server()
    {
        static PostgresServer server{PostgresServer::Durability::none};
        return server;
    }
    /// A new schema; returns its URL.
    [[nodiscard]] std::string distribute() const
    {
        const auto schema = "katydid_test_" + std::to_string(random_seed());
        ask_sql(citus_, "CREATE SCHEMA " + schema);
        ask_sql(citus_, "SELECT citus_schema_distribute('" + schema + "')");
        const auto* separator = citus_.find('?') == std::string::npos ? "?" : "&";
        return citus_ + separator + "options=-csearch_path%3D" + schema;
    }
    [[nodiscard]] ShardedOptions options(std::uint32_t window) const
    {
        ShardedOptions sharded;
        for (const auto& url : urls_) {
            PostgresOptions postgres;
            postgres.url = url;
            postgres.window_per_subscription = window;
            sharded.shards.push_back({"s" + std::to_string(sharded.shards.size()),
                                      [postgres] { return open_postgres(postgres); }});
        }
        return sharded;
    }

    std::string citus_;
    std::vector<std::string> urls_;
};

}  // namespace

std::vector<Kind> kinds()
{
    // script/test --full
    if (const char* wanted = std::getenv("KATYDID_TEST_STORE"); wanted != nullptr)
        return {{wanted, [] {
                     return std::make_unique<PostgresShardsPlace>(
                         std::getenv("KATYDID_TEST_CITUS"));
                 }}};
    return {{"memory", [] { return std::make_unique<MemoryPlace>(); }},
            {"sqlite", [] { return std::make_unique<SqlitePlace>(); }},
            {"two_shards", [] { return std::make_unique<ShardsPlace>(2); }},
            {"five_shards", [] { return std::make_unique<ShardsPlace>(5); }},
            {"postgres", [] { return std::make_unique<PostgresPlace>(); }}};
}

TemporaryDirectory::TemporaryDirectory()
{
    auto pattern = (std::filesystem::temp_directory_path() / "katydid-store-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no temporary directory"};
    path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void Recorder::on_work(std::vector<Work> works)
{
    const std::lock_guard lock{mutex_};
    for (auto& work : works) works_.push_back(std::move(work));
}

void Recorder::on_backlog(TenantId tenant, SubscriptionId subscription, Lane lane, Timestamp due)
{
    const std::lock_guard lock{mutex_};
    backlog_.push_back({tenant, subscription, lane, due});
}

void Recorder::on_health(Health health, const std::string&)
{
    const std::lock_guard lock{mutex_};
    healths_.push_back(health);
    said_.notify_all();
}

std::vector<Work> Recorder::take_works()
{
    const std::lock_guard lock{mutex_};
    return std::exchange(works_, {});
}

std::vector<Backlog> Recorder::take_backlog()
{
    const std::lock_guard lock{mutex_};
    return std::exchange(backlog_, {});
}

bool Recorder::wait_for(Health health)
{
    std::unique_lock lock{mutex_};
    return said_.wait_for(lock, std::chrono::minutes{1}, [&] {
        return std::find(healths_.begin(), healths_.end(), health) != healths_.end();
    });
}

StoreFixture::StoreFixture(const Kind& kind, std::uint32_t window_per_subscription)
    : place{kind.make_place()},
      window{window_per_subscription}
{
    store = place->open(window);
    store->set_listener(&recorder);
}

StoreFixture::StoreFixture(std::unique_ptr<Store> to_test) : store{std::move(to_test)}
{
    store->set_listener(&recorder);
}

StoreFixture::~StoreFixture() { store->close(); }

void StoreFixture::restart()
{
    store->close();
    store.reset();
    store = place->open(window);
    store->set_listener(&recorder);
}

std::shared_ptr<Event> StoreFixture::make_event(std::string external_id, std::string payload)
{
    auto event = std::make_shared<Event>();
    event->id = ids.make<EventId>();
    event->source = "atlvs";
    event->type = "resource.updated";
    event->external_id = std::move(external_id);
    event->received_at = event->occurred_at = clock.now();
    event->content_type = "application/json";
    event->payload = std::make_shared<const std::string>(std::move(payload));
    return event;
}

Append StoreFixture::make_append(std::string external_id, std::vector<SubscriptionId> subscriptions)
{
    Append append;
    append.event = make_event(std::move(external_id));
    for (const auto& subscription : subscriptions) append.recipients.push_back({subscription, ""});
    return append;
}

Appended StoreFixture::append(std::string external_id, std::vector<SubscriptionId> subscriptions)
{
    return run(store->append(make_append(std::move(external_id), std::move(subscriptions))))
        .value();
}

Claimed StoreFixture::claim(SubscriptionId subscription, Lane lane, std::uint32_t count_max)
{
    return run(store->claim({default_tenant(), subscription, lane, count_max, clock.now()}))
        .value();
}

Settlement StoreFixture::make_settlement(const Work& work, DeliveryState state, unsigned status)
{
    Settlement settlement;
    settlement.delivery = work.delivery.id;
    settlement.state = state;
    settlement.lane = work.delivery.lane;
    settlement.settled_at = clock.now();
    Attempt attempt;
    attempt.id = ids.make<AttemptId>();
    attempt.delivery = work.delivery.id;
    attempt.number = work.delivery.attempts + 1;
    attempt.started_at = clock.now();
    attempt.outcome = status == 200 ? AttemptClass::success : AttemptClass::rejected;
    attempt.status = status;
    settlement.attempt = std::move(attempt);
    return settlement;
}

void StoreFixture::settle(const Work& work, DeliveryState state, unsigned status)
{
    run(store->settle({make_settlement(work, state, status)})).value();
}

Delivery StoreFixture::delivery(const DeliveryId& id)
{
    return run(store->delivery(default_tenant(), id)).value();
}

}  // namespace katydid::store::test
