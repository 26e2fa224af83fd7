// Measures a store: events per second, commit times, bytes on disk.
//
// bench_store [directory] [events] [in flight] [payload bytes] [rate]   SQLite, made there
// bench_store postgres [events] …                                    a PostgreSQL of its own
// bench_store postgres://… [events] …                                an empty database
// bench_store shards:N [events] …       N schemas of a PostgreSQL of its own, a tenant in each;
//                                       commits are those of the first
//
// With a rate, that many events a second are appended whether or not the store keeps up, and
// waits count from the time an append was due.
#include "hub/store/postgres/postgres_store.hpp"
#include "hub/store/shards/sharded_store.hpp"
#include "hub/store/shards/wait_for.hpp"
#include "hub/store/sqlite/sqlite_store.hpp"
#include "tests/store/postgres/postgres_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <sys/resource.h>

using namespace katydid;
using namespace katydid::store;

namespace {

struct Plan {
    std::string directory = "/tmp/katydid-measure";
    std::uint64_t events = 200'000;
    std::uint64_t in_flight = 256;
    std::size_t payload_bytes = 1'024;
    std::uint64_t per_second = 0;  ///< 0: as fast as it goes
    bool deliver = false;          ///< hand over and settle as well
};

double cpu_seconds()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double percentile(std::vector<double> sorted, double part)
{
    if (sorted.empty()) return 0;
    return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

/// Settles whatever is handed over, in batches, as a dispatcher with an instant receiver does.
class Deliverer final : public Listener {
public:
    Deliverer(asio::io_context& loop, IdSource& ids) : loop_{loop}, ids_{ids} {}
    void set_store(Store& store) { store_ = &store; }

    void on_work(std::vector<Work> works) override
    {
        asio::post(loop_, [this, works = std::move(works)]() mutable {
            asio::co_spawn(loop_, settle(std::move(works)), [](std::exception_ptr failure) {
                if (failure) std::abort();
            });
        });
    }
    void on_backlog(TenantId tenant, SubscriptionId subscription, Lane lane, Timestamp) override
    {
        asio::post(loop_, [this, tenant, subscription, lane] {
            asio::co_spawn(loop_, drain(tenant, subscription, lane),
                           [](std::exception_ptr failure) {
                               if (failure) std::abort();
                           });
        });
    }
    void on_health(Health, const std::string& why) override
    {
        std::printf("health: %s\n", why.c_str());
    }

    std::uint64_t settled = 0;

private:
    awaitable<> settle(std::vector<Work> works)
    {
        std::vector<Settlement> settlements;
        const auto now = system_clock().now();
        for (const auto& work : works) {
            auto& settlement = settlements.emplace_back();
            settlement.tenant = work.delivery.tenant;
            settlement.delivery = work.delivery.id;
            settlement.settled_at = now;
            auto& attempt = settlement.attempt.emplace();
            attempt.id = ids_.make<AttemptId>();
            attempt.delivery = work.delivery.id;
            attempt.number = 1;
            attempt.started_at = now;
            attempt.outcome = AttemptClass::success;
            attempt.status = 200;
            attempt.response = "{\"success\":true}";
        }
        const auto answer = co_await store_->settle(std::move(settlements));
        if (!answer) std::abort();
        settled += works.size();
    }

    awaitable<> drain(TenantId tenant, SubscriptionId subscription, Lane lane)
    {
        while (true) {
            const Claim order{tenant, subscription, lane, 256, system_clock().now()};
            auto claimed = co_await store_->claim(order);
            if (!claimed) std::abort();
            const bool exhausted = claimed->exhausted && !claimed->next_due;
            co_await settle(std::move(claimed->works));
            if (exhausted) co_return;
        }
    }

    asio::io_context& loop_;
    IdSource& ids_;
    Store* store_ = nullptr;
};

struct Run {
    Plan plan;
    asio::io_context loop{1};
    IdSource ids{system_clock(), random_seed()};
    std::vector<double> commits;
    std::vector<double> checkpoints;
    std::chrono::steady_clock::time_point start{};
    std::uint64_t calls = 0;
    std::uint64_t next = 0;
    std::vector<double> waits;
    std::uint64_t bytes_on_disk = 0;
    std::vector<TenantId> tenants{};
};

awaitable<> find_size(Run& run, Store& store)
{
    const auto stats = co_await store.stats(std::nullopt);
    run.bytes_on_disk = stats.value().bytes_on_disk;
}

/// Of each shard one; the default tenant lives in the first.
std::vector<TenantId> place_tenants(Run& run, Store& store)
{
    std::vector<TenantId> tenants{default_tenant()};
    while (tenants.size() < store.shard_count()) {
        Record place;
        place.tenant = tenants.emplace_back(run.ids.make<TenantId>());
        place.kind = "tenant_shard";
        place.id = "place";
        place.json = store.shard_name(tenants.size() - 1);
        shards::wait_for(store.put_record(std::move(place))).value();
    }
    shards::wait_for(store.records("tenant")).value();
    return tenants;
}

awaitable<> append_some(Run& run, Store& store, SubscriptionId subscription)
{
    std::string payload(run.plan.payload_bytes, ' ');
    std::mt19937_64 random{run.next};
    for (auto& byte : payload) byte = static_cast<char>('a' + random() % 26);
    while (run.next < run.plan.events) {
        auto event = std::make_shared<Event>();
        event->id = run.ids.make<EventId>();
        event->source = "atlvs";
        event->type = "resource.updated";
        event->external_id = "msg_" + to_ulid_text(run.ids.make<EventId>().bytes());
        event->received_at = event->occurred_at = system_clock().now();
        event->content_type = "application/json";
        event->headers = {{"webhook-id", event->external_id}, {"webhook-timestamp", "1750000000"}};
        payload[run.next % payload.size()] ^= 1;
        auto start = std::chrono::steady_clock::now();
        const auto number = run.next++;
        event->tenant = run.tenants[number % run.tenants.size()];
        if (run.plan.per_second > 0) {
            asio::steady_timer timer{run.loop};
            start = run.start
                    + std::chrono::nanoseconds{1'000'000'000 * number / run.plan.per_second};
            timer.expires_at(start);
            co_await timer.async_wait(asio::use_awaitable);
        }
        event->payload = std::make_shared<const std::string>(payload);
        Append append{std::move(event), {}};
        if (run.plan.deliver) append.recipients.push_back({subscription, ""});
        const auto answer = co_await store.append(std::move(append));
        if (!answer) std::abort();
        run.waits.push_back(
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
}

constexpr std::string_view shards_prefix = "shards:";

bool is_sharded(const Plan& plan) { return plan.directory.starts_with(shards_prefix); }
bool is_postgres(const Plan& plan)
{
    return plan.directory.starts_with("postgres") || is_sharded(plan);
}

std::unique_ptr<Store> open_shards(const Plan& plan,
                                   const std::function<void(double, std::size_t)>& on_commit)
{
    ShardedOptions sharded;
    const auto count = std::strtoul(plan.directory.c_str() + shards_prefix.size(), nullptr, 10);
    for (std::size_t i = 0; i < count; ++i) {
        auto& server = test::PostgresServer::shared();
        PostgresOptions options;
        options.url = server.url(server.make_schema());
        if (i == 0) options.on_commit = on_commit;
        sharded.shards.push_back(
            {"s" + std::to_string(i), [options] { return open_postgres(options); }});
    }
    return open_sharded(std::move(sharded));
}

/// The store to measure, new and empty.
std::unique_ptr<Store> open_new(const Plan& plan,
                                std::function<void(double, std::size_t)> on_commit,
                                std::function<void(double)> on_checkpoint)
{
    if (is_sharded(plan)) return open_shards(plan, on_commit);
    if (is_postgres(plan)) {
        PostgresOptions options;
        options.url = plan.directory;
        if (plan.directory == "postgres") {
            auto& server = test::PostgresServer::shared();
            options.url = server.url(server.make_schema());
        }
        options.on_commit = std::move(on_commit);
        return open_postgres(std::move(options));
    }
    std::filesystem::remove_all(plan.directory);
    SqliteOptions options;
    options.path = plan.directory + "/katydid.db";
    if (const char* pages = std::getenv("CHECKPOINT_PAGES"))
        options.checkpoint_pages = std::atoi(pages);
    options.on_commit = std::move(on_commit);
    options.on_checkpoint = std::move(on_checkpoint);
    return open_sqlite(std::move(options));
}

void measure(Plan plan)
{
    Run run;
    run.plan = plan;
    Deliverer deliverer{run.loop, run.ids};
    const auto store = open_new(
        plan,
        [&](double seconds, std::size_t calls) {
            run.commits.push_back(seconds);
            run.calls += calls;
        },
        [&](double seconds) { run.checkpoints.push_back(seconds); });
    deliverer.set_store(*store);
    store->set_listener(&deliverer);
    run.tenants = place_tenants(run, *store);
    const auto subscription = run.ids.make<SubscriptionId>();
    const auto start = run.start = std::chrono::steady_clock::now();
    const double cpu_start = cpu_seconds();
    for (std::uint64_t i = 0; i < plan.in_flight; ++i)
        asio::co_spawn(run.loop, append_some(run, *store, subscription),
                       [](std::exception_ptr failure) {
                           if (failure) std::abort();
                       });
    run.loop.run();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    const double cpu = cpu_seconds() - cpu_start;
    asio::co_spawn(run.loop, find_size(run, *store), [](std::exception_ptr failure) {
        if (failure) std::abort();
    });
    run.loop.restart();
    run.loop.run();
    store->close();
    std::sort(run.commits.begin(), run.commits.end());
    std::sort(run.waits.begin(), run.waits.end());
    std::sort(run.checkpoints.begin(), run.checkpoints.end());
    const auto events = static_cast<double>(plan.events);
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf("%s: %.0f events/s (%.1f us CPU each), %zu commits of %.0f calls, commit p50 %.2f"
                " p99 %.2f max %.2f ms, %zu checkpoints p50 %.2f p99 %.2f ms, append p50 %.2f p99"
                " %.2f ms, %.0f bytes/event on disk, settled %llu, RSS %ld MB\n",
                plan.deliver ? "append + hand over + settle" : "append", events / took.count(),
                cpu / events * 1e6, run.commits.size(),
                static_cast<double>(run.calls) / static_cast<double>(run.commits.size()),
                percentile(run.commits, 0.5) * 1e3, percentile(run.commits, 0.99) * 1e3,
                run.commits.back() * 1e3, run.checkpoints.size(),
                percentile(run.checkpoints, 0.5) * 1e3, percentile(run.checkpoints, 0.99) * 1e3,
                percentile(run.waits, 0.5) * 1e3, percentile(run.waits, 0.99) * 1e3,
                static_cast<double>(run.bytes_on_disk) / events,
                static_cast<unsigned long long>(deliverer.settled), usage.ru_maxrss / 1024);
    if (!is_postgres(plan)) std::filesystem::remove_all(plan.directory);
}

}  // namespace

int main(int count, char** arguments)
{
    ::setenv("KATYDID_TEST_FSYNC", "1", 1);
    Plan plan;
    if (count > 1) plan.directory = arguments[1];
    if (count > 2) plan.events = std::strtoull(arguments[2], nullptr, 10);
    if (count > 3) plan.in_flight = std::strtoull(arguments[3], nullptr, 10);
    if (count > 4) plan.payload_bytes = std::strtoull(arguments[4], nullptr, 10);
    if (count > 5) plan.per_second = std::strtoull(arguments[5], nullptr, 10);
    measure(plan);
    plan.deliver = true;
    measure(plan);
}
