// Measures a store that is full of finished events: what a claim, an append and each page of a list
// cost, against an empty one.
//
// bench_full_store sqlite|postgres [events]           10,000,000 need 17 GB of disk, some minutes
// bench_full_store sqlite|postgres [events] --check   fails when finished events are looked at
#include "hub/store/postgres/postgres_store.hpp"
#include "hub/store/sqlite/sqlite_store.hpp"
#include "tests/store/postgres/postgres_server.hpp"

#include <sqlite3.h>

#include <cstdio>
#include <cstdlib>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;

namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kinds_of_events = 20;
constexpr int people = 1'000'000;
constexpr int waiting_rows = 20'000;
constexpr std::uint32_t claim_rows = 64;
constexpr std::size_t payload_bytes = 1'024;

/// A store in a place, and a way to fill it that is quicker than the store's own.
class Subject {
public:
    virtual ~Subject() = default;
    virtual std::unique_ptr<Store> open() = 0;
    /// Copies the finished events that are there, in turn, a millisecond apart.
    virtual void multiply(std::uint64_t rows) = 0;
};

class SqliteSubject final : public Subject {
public:
    std::unique_ptr<Store> open() override
    {
        SqliteOptions options;
        options.path = path();
        return open_sqlite(std::move(options));
    }

    void multiply(std::uint64_t rows) override
    {
        sqlite3* raw = nullptr;
        sqlite3_open(path().c_str(), &raw);
        const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> file{raw, sqlite3_close};
        run(raw, "PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;"
                 "CREATE TEMP TABLE kind AS SELECT row_number() OVER (ORDER BY seq) - 1 AS k, *"
                 " FROM events;"
                 "CREATE TEMP TABLE ended AS SELECT row_number() OVER (ORDER BY seq) - 1 AS k, *"
                 " FROM deliveries");
        constexpr std::uint64_t step = 250'000;  // keeps the log short
        for (std::uint64_t from = 1; from <= rows; from += step)
            run(raw, filling(from, std::min(rows, from + step - 1)));
    }

private:
    std::string path() const { return directory_.file("katydid.db"); }

    static void run(sqlite3* file, const std::string& sql)
    {
        char* problem = nullptr;
        if (sqlite3_exec(file, sql.c_str(), nullptr, nullptr, &problem) != SQLITE_OK)
            throw std::runtime_error{problem};
    }

    static std::string filling(std::uint64_t first, std::uint64_t last)
    {
        const auto numbers = "WITH RECURSIVE n(i) AS (SELECT " + std::to_string(first)
                             + " UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(last)
                             + ") ";
        const auto kinds = std::to_string(kinds_of_events);
        return "BEGIN;" + numbers
               + "INSERT INTO events SELECT 1000 + i, tenant, CAST(printf('%016d', i) AS BLOB),"
                 " source, type, 'x' || i, 'person-' || (i * 7919 % "
               + std::to_string(people)
               + "), key, occurred_at, received_at + i, content_type, traceparent, headers,"
                 " 1000 + i, 1, payload_bytes, digest, encoding, origin, type_unsigned, repeat_of,"
                 " payload FROM n JOIN kind"
                 " ON k = i % "
               + kinds + ";" + numbers
               + "INSERT INTO deliveries SELECT 1000 + i, tenant, 1000 + i, subscriber, state, "
                 "lane,"
                 " attempts, last_status, created_at + i, due_at + i, ended_at + i, 0, '', '',"
                 " attempts_before, restarted_at, slot_at, state_before, job FROM n JOIN ended ON "
                 "k = i % "
               + kinds + ";" + numbers
               + "INSERT INTO attempts SELECT 1000 + i, CAST(printf('%016d', i) AS BLOB), 1,"
                 " ended_at + i, 5, 0, last_status, '', x'', 0 FROM n JOIN ended ON k = i % "
               + kinds + ";" + numbers  // keys are hashes: spread evenly, written in their order
               + "INSERT INTO dedupe SELECT tenant, CAST(printf('%016x', i * 900000000000) AS "
                 "BLOB),"
                 " id, digest FROM n JOIN kind ON k = i % "
               + kinds + ";COMMIT";
    }

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
        const auto from = " FROM generate_series(1, " + std::to_string(rows) + ") n JOIN ";
        const auto kinds = " ON k = n % " + std::to_string(kinds_of_events);
        const std::string id = "(lpad(to_hex(at + n), 12, '0') || lpad(to_hex(n), 20, '0'))::uuid";
        server_.run(schema_,
                    "CREATE TABLE kind AS SELECT row_number() OVER (ORDER BY id) - 1 AS k,"
                    " received_at AS at, * FROM events;"
                    "CREATE TABLE ended AS SELECT row_number() OVER (ORDER BY id) - 1 AS k,"
                    " created_at AS at, * FROM deliveries");
        server_.run(schema_,
                    "INSERT INTO events SELECT tenant, " + id + ", " + id + ", " + id
                        + ", occurred_at, received_at + n, payload_bytes, encoding, origin,"
                          " type_unsigned, repeat_of, source, type,"
                          " ('x' || n)::bytea, ('person-' || (n * 7919::bigint % "
                        + std::to_string(people)
                        + "))::bytea, key, content_type, traceparent, headers, digest, payload"
                        + from + "kind" + kinds);
        server_.run(schema_,
                    "INSERT INTO deliveries SELECT tenant, " + id + ", " + id
                        + ", subscription, created_at + n, due_at + n, ended_at + n, restarted_at,"
                          " attempts, attempts_before, last_status, state, lane, replayed,"
                          " order_key, reason"
                        + from + "ended" + kinds);
        server_.run(schema_, "INSERT INTO attempts SELECT tenant, " + id + ", " + id
                                 + ", ended_at + n, 5, 1, last_status, 0, '', '', 0" + from
                                 + "ended" + kinds);
        server_.run(schema_, "INSERT INTO dedupe SELECT tenant, decode(md5(n::text), 'hex'), id,"
                             " digest"
                                 + from + "kind" + kinds);
        server_.run(schema_, "DROP TABLE kind, ended");
        server_.run(schema_, "VACUUM ANALYZE");
    }

private:
    PostgresServer& server_ = PostgresServer::shared();
    std::string schema_ = server_.make_schema();
};

struct Times {
    std::vector<double> seconds;

    template <class Task>
    void time(const Task& task)
    {
        const auto start = SteadyClock::now();
        task();
        const std::chrono::duration<double> took = SteadyClock::now() - start;
        seconds.push_back(took.count());
    }
    double at(double part)
    {
        std::sort(seconds.begin(), seconds.end());
        return seconds[static_cast<std::size_t>(part * static_cast<double>(seconds.size() - 1))];
    }
};

/// What a hub does all day.
struct Costs {
    double claim = 0;   ///< median seconds
    double append = 0;  ///< seconds of a thousand at once
};

/// One of each kind: types, sources, outcomes and subscriptions in turn.
void append_kinds(StoreFixture& lab, const std::vector<SubscriptionId>& subscriptions)
{
    std::string payload(payload_bytes, ' ');
    std::mt19937_64 random{7};
    for (auto& byte : payload) byte = static_cast<char>('a' + random() % 26);
    for (std::size_t k = 0; k < kinds_of_events; ++k) {
        auto event = lab.make_event("kind" + std::to_string(k), payload);
        event->type = (k % 2 == 0 ? "resource.t" : "order.t") + std::to_string(k / 2);
        event->source = "source-" + std::to_string(k % 4);
        event->subject = "person-" + std::to_string(k);
        Append append{event, {{subscriptions[k % subscriptions.size()], ""}}};
        lab.run(lab.store->append(std::move(append))).value();
        const bool is_dead = k == 7;
        lab.settle(lab.recorder.take_works().at(0),
                   is_dead ? DeliveryState::dead : DeliveryState::delivered, is_dead ? 500 : 200);
    }
}

Costs measure_work(StoreFixture& lab, SubscriptionId subscription)
{
    Times appends;
    for (int from = 0; from < waiting_rows; from += 1'000) {
        std::vector<awaitable<result<Appended>>> calls;
        for (int i = from; i < from + 1'000; ++i)
            calls.push_back(
                lab.store->append(lab.make_append("w" + std::to_string(i), {subscription})));
        appends.time([&] { lab.run_all(std::move(calls)); });
    }
    Times claims;
    for (bool exhausted = false; !exhausted;) {
        Claimed claimed;
        claims.time([&] { claimed = lab.claim(subscription, Lane::fresh, claim_rows); });
        exhausted = claimed.exhausted;
        std::vector<Settlement> settlements;
        for (const auto& work : claimed.works)
            settlements.push_back(lab.make_settlement(work, DeliveryState::delivered, 200));
        lab.run(lab.store->settle(std::move(settlements))).value();
    }
    std::printf("  %zu claims of %u: median %.0f us, p99 %.0f us; 1,000 appends at once: median"
                " %.1f ms, p90 %.1f ms\n",
                claims.seconds.size(), claim_rows, claims.at(0.5) * 1e6, claims.at(0.99) * 1e6,
                appends.at(0.5) * 1e3, appends.at(0.9) * 1e3);
    return {claims.at(0.5), appends.at(0.5)};
}

template <class Query, class Ask>
void measure_page(const char* what, const Query& query, const Ask& ask)
{
    Times times;
    std::size_t rows = 0;
    for (int i = 0; i < 20; ++i) times.time([&] { rows = ask(query); });
    std::printf("  %-44s %3zu rows, median %6.2f ms, worst %6.2f ms%s\n", what, rows,
                times.at(0.5) * 1e3, times.at(1) * 1e3, times.at(0.5) > 0.05 ? "  OVER 50 ms" : "");
}

void measure_pages(StoreFixture& lab, SubscriptionId subscription, Timestamp middle)
{
    const auto events = [&](const EventQuery& query) {
        return lab.run(lab.store->events(query)).value().size();
    };
    const auto deliveries = [&](const DeliveryQuery& query) {
        return lab.run(lab.store->deliveries(query)).value().size();
    };
    EventQuery page;
    page.limit = 250;
    const auto newest = lab.run(lab.store->events(page)).value();
    measure_page("events, newest", page, events);
    auto query = page;
    query.until = middle;
    const auto before = lab.run(lab.store->events(query)).value();
    measure_page("events before a time in the middle", query, events);
    query = page;
    query.cursor = before.back().event.id;
    measure_page("events behind a cursor in the middle", query, events);
    query.ascending = true;
    measure_page("events after it, oldest first", query, events);
    for (const auto* type : {"resource.t0", "order.*", "nothing.*", "nothing.at_all"}) {
        query = page;
        query.type = type;
        measure_page((std::string{"events of type "} + type).c_str(), query, events);
        query.until = middle;
        measure_page((std::string{"the same before the middle, "} + type).c_str(), query, events);
    }
    query = page;
    query.source = "source-3";
    measure_page("events of a source", query, events);
    query.type = "order.t3";
    measure_page("events of a source and a type", query, events);
    query = page;
    query.source = "source-1";
    query.type = "resource.t0";
    measure_page("the same, but there are none", query, events);
    query = page;
    query.subject = "person-4711";
    measure_page("events of a person", query, events);
    query = page;
    query.external_id = "kind3";
    measure_page("events by external id", query, events);
    DeliveryQuery list;
    list.limit = 250;
    measure_page("deliveries, newest", list, deliveries);
    for (const auto state : {DeliveryState::delivered, DeliveryState::dead, DeliveryState::pending,
                             DeliveryState::scheduled}) {
        auto by_state = list;
        by_state.states = {state};
        const auto name = "deliveries, state " + std::to_string(static_cast<int>(state));
        measure_page(name.c_str(), by_state, deliveries);
        by_state.subscription = subscription;
        measure_page((name + " of a subscription").c_str(), by_state, deliveries);
    }
    auto of = list;
    of.subscription = subscription;
    measure_page("deliveries of a subscription", of, deliveries);
    of.until = middle;
    measure_page("the same before the middle", of, deliveries);
    of = list;
    of.event = newest.at(100).event.id;
    measure_page("deliveries of an event", of, deliveries);
    of = list;
    of.status = 500;
    measure_page("deliveries with status 500", of, deliveries);
    of.status = 404;
    measure_page("deliveries with status 404", of, deliveries);
}

Costs measure(Subject& subject, std::uint64_t finished)
{
    std::printf("%llu finished events\n", static_cast<unsigned long long>(finished));
    StoreFixture lab{subject.open()};
    std::vector<SubscriptionId> subscriptions;
    for (int i = 0; i < kinds_of_events / 2; ++i)
        subscriptions.push_back(lab.ids.make<SubscriptionId>());
    append_kinds(lab, subscriptions);
    const auto start = lab.clock.now();
    if (finished > 0) {
        lab.store->close();
        lab.store.reset();
        Times filling;
        filling.time([&] { subject.multiply(finished); });
        std::printf("  filled in %.0f s\n", filling.at(0.5));
        std::fflush(stdout);
        lab.clock.advance(milliseconds{finished + 1});
        lab.store = subject.open();  // nobody listens: everything waits
        measure_pages(lab, subscriptions[3], start + milliseconds{finished / 2});
    } else {
        lab.store->set_listener(nullptr);
    }
    return measure_work(lab, lab.ids.make<SubscriptionId>());
}

}  // namespace

int main(int count, char** arguments)
{
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    const bool is_postgres = count > 1 && std::string_view{arguments[1]} == "postgres";
    const auto rows = count > 2 ? std::strtoull(arguments[2], nullptr, 10) : 1'000'000ULL;
    const auto make = [&]() -> std::unique_ptr<Subject> {
        if (is_postgres) return std::make_unique<PostgresSubject>();
        return std::make_unique<SqliteSubject>();
    };
    const auto empty = make();
    const auto full = make();
    const auto before = measure(*empty, 0);
    const auto after = measure(*full, rows);
    const auto claim = after.claim / before.claim;
    const auto append = after.append / before.append;
    std::printf("full against empty: a claim %.2f times, an append %.2f times\n", claim, append);
    // Far from 1.2, so that a busy machine is no failure; a scan of 100,000 rows costs 20 times.
    constexpr double suspicious = 4;
    const bool checks = count > 3 && std::string_view{arguments[3]} == "--check";
    return checks && (claim > suspicious || append > suspicious) ? 1 : 0;
}
