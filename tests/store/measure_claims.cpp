// Measures what a claim costs in a store full of finished deliveries, against an empty one.
//
// measure_claims sqlite|postgres [finished rows]
#include "hub/store/postgres/postgres_store.hpp"
#include "hub/store/sqlite/sqlite_store.hpp"
#include "tests/store/postgres_server.hpp"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;

namespace {

constexpr int waiting_rows = 20'000;
constexpr std::uint32_t claim_rows = 64;

/// A store in a place, and a way to fill it that is quicker than the store's own.
class Subject {
public:
    virtual ~Subject() = default;
    virtual std::unique_ptr<Store> open() = 0;
    /// Copies the one finished delivery that is there.
    virtual void multiply(std::uint64_t rows) = 0;
};

class SqliteSubject final : public Subject {
public:
    std::unique_ptr<Store> open() override
    {
        SqliteOptions options;
        options.path = directory_.file("katydid.db");
        return open_sqlite(std::move(options));
    }

    void multiply(std::uint64_t rows) override
    {
        sqlite3* file = nullptr;
        sqlite3_open(directory_.file("katydid.db").c_str(), &file);
        const auto sql
            = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
              + std::to_string(rows)
              + ") INSERT INTO deliveries(seq, tenant, event, subscriber, state, lane, attempts,"
                " last_status, created_at, due_at, ended_at, replayed, order_key, reason)"
                " SELECT d.seq + n.i, tenant, event, subscriber, state, lane, attempts,"
                " last_status, created_at, due_at + n.i, ended_at, 0, '', '' FROM n, (SELECT * FROM"
                " deliveries LIMIT 1) d";
        char* problem = nullptr;
        if (sqlite3_exec(file, sql.c_str(), nullptr, nullptr, &problem) != SQLITE_OK)
            throw std::runtime_error{problem};
        sqlite3_close(file);
    }

private:
    TemporaryDirectory directory_;
};

class PostgresSubject final : public Subject {
public:
    std::unique_ptr<Store> open() override
    {
        PostgresOptions options;
        options.url = server_.url(schema_);
        return open_postgres(std::move(options));
    }

    void multiply(std::uint64_t rows) override
    {
        const std::string same = "created_at, due_at + n, ended_at, restarted_at, attempts,"
                                 " attempts_before, last_status, state, lane, replayed, order_key,"
                                 " reason";
        server_.run(schema_, "INSERT INTO deliveries SELECT tenant, lpad(to_hex(n), 32, '0')::uuid,"
                             " event, subscription, "
                                 + same + " FROM generate_series(1, " + std::to_string(rows)
                                 + ") n, (SELECT * FROM deliveries LIMIT 1) d");
    }

private:
    PostgresServer& server_ = PostgresServer::shared();
    std::string schema_ = server_.make_schema();
};

double measure(Subject& subject, std::uint64_t finished)
{
    Lab lab{subject.open()};
    const auto subscription = lab.ids.make<SubscriptionId>();
    lab.append("first", {subscription});
    lab.settle(lab.recorder.take_works().at(0), DeliveryState::delivered);
    lab.store->close();
    lab.store.reset();
    if (finished > 0) subject.multiply(finished);
    lab.store = subject.open();  // nobody listens: everything waits
    for (int from = 0; from < waiting_rows; from += 1'000) {
        std::vector<awaitable<result<Appended>>> calls;
        for (int i = from; i < from + 1'000; ++i)
            calls.push_back(lab.store->append(lab.make_append(std::to_string(i), {subscription})));
        lab.run_all(std::move(calls));
    }
    std::vector<double> times;
    for (bool exhausted = false; !exhausted;) {
        const auto start = std::chrono::steady_clock::now();
        const auto claimed = lab.claim(subscription, Lane::fresh, claim_rows);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        times.push_back(took.count());
        exhausted = claimed.exhausted;
        std::vector<Settlement> settlements;
        for (const auto& work : claimed.works)
            settlements.push_back(lab.make_settlement(work, DeliveryState::delivered, 200));
        lab.run(lab.store->settle(std::move(settlements))).value();
    }
    std::sort(times.begin(), times.end());
    const auto median = times[times.size() / 2];
    std::printf("%llu finished rows: %zu claims of %u, median %.0f us, p99 %.0f us\n",
                static_cast<unsigned long long>(finished), times.size(), claim_rows, median * 1e6,
                times[times.size() * 99 / 100] * 1e6);
    return median;
}

}  // namespace

int main(int count, char** arguments)
{
    const bool is_postgres = count > 1 && std::string_view{arguments[1]} == "postgres";
    const auto rows = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1'000'000ULL;
    const auto make = [&]() -> std::unique_ptr<Subject> {
        if (is_postgres) return std::make_unique<PostgresSubject>();
        return std::make_unique<SqliteSubject>();
    };
    const auto empty = make();
    const auto full = make();
    const double before = measure(*empty, 0);
    const double after = measure(*full, rows);
    std::printf("full against empty: %.2f times\n", after / before);
}
