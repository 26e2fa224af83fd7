// A tenant that is moved between two schemas, seen from a hub that works on.
#include "hub/store/move_tenant.hpp"
#include "hub/store/postgres/move/move_text.hpp"
#include "hub/store/shared/encoding.hpp"
#include "tests/store/postgres/postgres_server.hpp"
#include "tests/store/shards/shard_lab.hpp"
#include "tests/store/stores.hpp"

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;
using katydid::test::place_of;

namespace {

struct Interruption {};

/// Ends a move before that step.
std::function<void(const std::string&)> until(std::string step)
{
    return [step = std::move(step)](const std::string& at) {
        if (at == step) throw Interruption{};
    };
}

std::vector<StoreOptions::Shard> make_shards()
{
    auto& server = PostgresServer::shared();
    return {{"a", server.uri(server.make_schema())}, {"b", server.uri(server.make_schema())}};
}

std::unique_ptr<Store> open(const std::vector<StoreOptions::Shard>& shards)
{
    StoreOptions options;
    options.shards = shards;
    return open_store(std::move(options));
}

struct Seen {
    std::vector<EventId> events;  ///< in the order of commits
    std::vector<DeliveryId> deliveries;
    std::uint64_t all_events = 0;
    std::string breaker;
    std::size_t rejected = 0;
    friend bool operator==(const Seen&, const Seen&) = default;
};

/// A tenant in the first shard, with a neighbour in both.
struct Lab {
    Lab() : shards{make_shards()}, fixture{open(shards)}
    {
        put(place_of(tenant, "a"));
        put(place_of(neighbour, "b"));
        Record named;
        named.tenant = tenant;
        named.kind = "tenant";
        named.id = tenant.to_string();
        named.json = R"({"name":"acme"})";
        named.version = 0;
        put(std::move(named));
        read_settings();
        for (int i = 0; i < 40; ++i) append(tenant, std::to_string(i));
        append(neighbour, "x");
        append(default_tenant(), "x");
        release_works();
    }
    template <class T>
    result<T> run(awaitable<result<T>> call)
    {
        return fixture.run(std::move(call));
    }
    void put(Record record) { run(fixture.store->put_record(std::move(record))).value(); }
    void read_settings() { run(fixture.store->records("tenant")).value(); }
    result<Appended> append(TenantId to, std::string name)
    {
        auto event = fixture.make_event(std::move(name));
        event->tenant = to;
        return run(fixture.store->append({event, {{subscription, ""}}}));
    }
    void add_more()
    {
        Record breaker;
        breaker.tenant = tenant;
        breaker.kind = "breaker";
        breaker.id = "b";
        breaker.json = "open";
        put(std::move(breaker));
        Rejected rejected;
        rejected.tenant = tenant;
        rejected.id = fixture.ids.make<RejectedId>();
        rejected.at = fixture.clock.now();
        rejected.body = std::make_shared<const std::string>("{}");
        run(fixture.store->add_rejected(std::move(rejected), {})).value();
    }
    Seen see()
    {
        Seen seen;
        EventQuery query;
        query.tenant = tenant;
        query.by_commit = query.ascending = true;
        query.limit = 250;
        for (const auto& row : run(fixture.store->events(query)).value())
            seen.events.push_back(row.event.id);
        DeliveryQuery deliveries;
        deliveries.tenant = tenant;
        deliveries.limit = 250;
        seen.deliveries = run(fixture.store->delivery_ids(deliveries)).value();
        seen.all_events = run(fixture.store->stats({})).value().events;
        seen.breaker = run(fixture.store->record(tenant, "breaker", "b")).value().json;
        RejectedQuery rejected;
        rejected.tenant = tenant;
        seen.rejected = run(fixture.store->rejected(rejected)).value().size();
        return seen;
    }
    result<Moved> move(std::string to, std::function<void(const std::string&)> on_step = {})
    {
        MoveOptions options;
        options.shards = shards;
        options.tenant = "acme";
        options.to = std::move(to);
        if (on_step) options.on_step = std::move(on_step);
        return move_tenant(options);
    }
    std::string rows_left(std::size_t shard)
    {
        return ask_sql(shards[shard].url,
                       "SELECT (SELECT count(*) FROM events WHERE external_id = '7')"
                       " + (SELECT count(*) FROM counters WHERE tenant NOT IN"
                       " (SELECT tenant FROM events)) + (SELECT count(*) FROM records WHERE"
                       " kind = 'breaker'), ''")
            .at(0)
            .first;
    }
    /// Whether that much is handed out once the hub owns the subscription where it lives now.
    bool is_handed_out(std::size_t works)
    {
        std::size_t got = 0;
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        while (got < works && std::chrono::steady_clock::now() < end) {
            const Claim claim{tenant, subscription, Lane::fresh, 64, fixture.clock.now()};
            got += run(fixture.store->claim(claim)).value().works.size();
        }
        return got == works;
    }
    /// What the hub was given may be given again.
    void release_works()
    {
        std::vector<DeliveryId> ids;
        for (const auto& work : fixture.recorder.take_works())
            if (work.delivery.tenant == tenant) ids.push_back(work.delivery.id);
        run(fixture.store->release(tenant, std::move(ids))).value();
    }

    std::vector<StoreOptions::Shard> shards;
    StoreFixture fixture;
    TenantId tenant = fixture.ids.make<TenantId>();
    TenantId neighbour = fixture.ids.make<TenantId>();
    SubscriptionId subscription = fixture.ids.make<SubscriptionId>();
};

}  // namespace

BOOST_AUTO_TEST_SUITE(store_move)

// Goal: everything of the tenant is in the other shard, in its order, and nothing else. What waits
// is handed out there, new events are taken there, and it comes back the same way.
BOOST_AUTO_TEST_CASE(all_of_it_moves)
{
    Lab lab;
    lab.add_more();
    const auto before = lab.see();
    BOOST_TEST(before.events.size() == 40U);
    for (const std::string to : {"b", "a"}) {
        const auto moved = lab.move(to);
        BOOST_REQUIRE_MESSAGE(moved, (moved ? "" : moved.error().message));
        BOOST_TEST(moved->rows > 80U);
        lab.read_settings();
        BOOST_TEST(lab.fixture.store->shard_of(lab.tenant) == (to == "b" ? 1U : 0U));
        BOOST_TEST((lab.see() == before));
        BOOST_TEST(lab.rows_left(to == "b" ? 0 : 1) == "0");
        BOOST_TEST(lab.move(to).value().rows == 0U);
    }
    BOOST_TEST(lab.is_handed_out(40));
    BOOST_TEST(lab.append(lab.tenant, "one more").has_value());
    BOOST_TEST(lab.append(lab.tenant, "7").value().duplicate);
}

// Goal: a move that ends before the tenant has left leaves it as it was; one that ends later is
// carried on by the hubs, and the command again removes what is left.
BOOST_AUTO_TEST_CASE(interrupted)
{
    Lab lab;
    lab.add_more();
    for (const std::string step : {"start", "copy", "drain", "pause", "left", "told", "active"}) {
        const auto before = lab.see();
        const auto place = lab.fixture.store->shard_of(lab.tenant);
        const std::string to = place == 0 ? "b" : "a";
        BOOST_CHECK_THROW(static_cast<void>(lab.move(to, until(step))), Interruption);
        lab.read_settings();
        const bool has_left = step == "left" || step == "told" || step == "active";
        BOOST_TEST((lab.fixture.store->shard_of(lab.tenant) != place) == has_left, step);
        BOOST_TEST((lab.see().events == before.events), step);
        BOOST_TEST(lab.append(lab.tenant, "after " + step).has_value(), step);
        const auto again = lab.move(to);
        BOOST_REQUIRE_MESSAGE(again, (again ? "" : step + ": " + again.error().message));
        lab.read_settings();
        BOOST_TEST(lab.see().all_events == before.all_events + 1, step);
    }
    BOOST_TEST(lab.is_handed_out(47));
}

// Regression: a mover died after it had told the directory, and no hub owned the subscriptions.
BOOST_AUTO_TEST_CASE(hubs_end_it_by_themselves)
{
    for (const std::string step : {"left", "told"}) {
        Lab lab;
        BOOST_CHECK_THROW(static_cast<void>(lab.move("b", until(step))), Interruption);
        lab.read_settings();
        BOOST_TEST(lab.is_handed_out(40), step);
    }
}

// Regression: sums over all tenants counted a tenant twice while it moved.
BOOST_AUTO_TEST_CASE(sums_have_it_once)
{
    Lab lab;
    const auto before = lab.run(lab.fixture.store->stats({})).value().events;
    for (const std::string to : {"b", "a"}) {
        std::size_t steps = 0;
        const auto moved = lab.move(to, [&](const std::string& step) {
            ++steps;
            BOOST_TEST(lab.run(lab.fixture.store->stats({})).value().events == before, step);
        });
        BOOST_TEST(moved.has_value());
        BOOST_TEST(steps == 8U);
        lab.read_settings();
    }
}

// Regression: a move left no trace in the audit log.
BOOST_AUTO_TEST_CASE(is_audited)
{
    Lab lab;
    const auto append_entry = [&] {
        AuditEntry entry;
        entry.action = "hub.looked";
        lab.run(lab.fixture.store->audit(std::move(entry))).value();
    };
    append_entry();
    const auto moved = lab.move("b").value();
    BOOST_CHECK_THROW(static_cast<void>(lab.move("a", until("left"))), Interruption);
    BOOST_TEST(lab.move("a").value().rows == 0U);
    append_entry();

    AuditQuery query;
    query.ascending = true;
    const auto rows = lab.run(lab.fixture.store->audit_entries(query)).value();
    const auto there = R"({"from":"a","to":"b"})";
    const auto back = R"({"from":"b","to":"a"})";
    const auto counts = R"({"from":"a","to":"b","rows":)" + std::to_string(moved.rows)
                        + R"(,"deliveries_held_ms":)" + std::to_string(moved.drained.count())
                        + R"(,"writes_refused_ms":)" + std::to_string(moved.pause.count()) + "}";
    const std::vector<std::pair<std::string, std::string>> expected{
        {"hub.looked", ""},       {"tenant.move_started", there},
        {"tenant.moved", counts}, {"tenant.move_started", back},
        {"tenant.moved", back},   {"hub.looked", ""}};
    BOOST_REQUIRE(rows.size() == expected.size());
    std::string previous;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& [action, detail] = expected[i];
        BOOST_TEST(rows[i].entry.action == action);
        BOOST_TEST(rows[i].entry.detail == detail);
        BOOST_TEST(rows[i].number == i + 1);
        BOOST_TEST(rows[i].previous_hash == previous);
        const auto hash = chain_hash(rows[i].entry, previous);
        previous.assign(reinterpret_cast<const char*>(hash.data()), hash.size());
        BOOST_TEST(rows[i].hash == previous);
        const bool is_of_move = action.starts_with("tenant.");
        BOOST_TEST(rows[i].entry.object == (is_of_move ? lab.tenant.to_string() : ""));
        BOOST_TEST(rows[i].entry.actor == (is_of_move ? "operator" : ""));
    }
}

// Goal: a hub that has not heard of the move cannot write where the tenant was, and hears of it.
BOOST_AUTO_TEST_CASE(the_old_place_refuses)
{
    Lab lab;
    BOOST_CHECK_THROW(static_cast<void>(lab.move("b", until("left"))), Interruption);
    const auto late = lab.append(lab.tenant, "late");
    BOOST_TEST((late.error() == errc::store_unavailable));
    BOOST_TEST(lab.append(lab.neighbour, "y").has_value());
    BOOST_TEST(lab.append(default_tenant(), "y").has_value());
}

// Regression: where the database had not looked at its tables since the tenant came, each of its
// rows was searched for among all of them, and a move did not end.
BOOST_AUTO_TEST_CASE(old_statistics)
{
    const auto shards = make_shards();
    static_cast<void>(open(shards));
    const auto fill = [&](const std::string& tenant) {
        const auto url = shards[0].url;
        const auto rows = tenant
                          + "', n.id, n.id, n.id, 0, 0, 0, 0, 0, 0, NULL, '', '', n.id::text"
                            "::bytea, '', '', '', '', '', '', '' FROM (SELECT "
                            "md5(i::text)::uuid AS id FROM generate_series(1, 3000) i) n";
        ask_sql(url, "INSERT INTO events SELECT '" + rows);
    };
    fill("00000000-0000-0000-0000-000000000001");
    ask_sql(shards[0].url, "ANALYZE events");
    const std::string late = "00000000-0000-0000-0000-000000000002";
    fill(late);
    const auto& events = *std::ranges::find_if(postgres::moved_tables(), postgres::is_events);
    const auto query = postgres::MoveText{late}.rows_of_keys(events, "katydid_keys", "r.*");
    const auto plan = ask_sql(shards[0].url,
                              "CREATE TEMP TABLE katydid_keys AS SELECT id FROM events;"
                              " EXPLAIN "
                                  + query);
    const auto reads = [&](const std::string& index) {
        return std::ranges::any_of(
            plan, [&](const auto& line) { return line.first.find(index) != std::string::npos; });
    };
    BOOST_TEST(reads("events_pkey"));
    BOOST_TEST(!reads("events_by"));
}

// Goal: what cannot be moved is said in a sentence.
BOOST_AUTO_TEST_CASE(refusals)
{
    MoveOptions options;
    options.shards = {{"a", "postgres://h/db"}};
    BOOST_TEST(move_tenant(options).error().message.find("[[shards]]") != std::string::npos);
    options.shards = {{"a", "sqlite:a"}, {"b", "sqlite:b"}};
    BOOST_TEST(move_tenant(options).error().message.find("PostgreSQL") != std::string::npos);
    Lab lab;
    BOOST_TEST((lab.move("c").error() == errc::not_found));
    options.shards = lab.shards;
    options.to = "b";
    options.tenant = "nobody";
    BOOST_TEST((move_tenant(options).error() == errc::not_found));
    options.tenant = default_tenant().to_string();
    BOOST_TEST((move_tenant(options).error() == errc::refused));
}

// Regression: a program of another version than the tables moved what it knew of them.
BOOST_AUTO_TEST_CASE(tables_of_another_version_are_refused)
{
    Lab lab;
    ask_sql(lab.shards[1].url, "UPDATE katydid_meta SET value = value + 1 WHERE key = 'schema'"
                               " RETURNING key, value");
    const auto moved = lab.move("b");
    BOOST_TEST((moved.error() == errc::refused));
    BOOST_TEST(lab.append(lab.tenant, "stays").has_value());
}

// Regression: an id that no tenant has was moved, and left a place in the directory.
BOOST_AUTO_TEST_CASE(an_unknown_id_is_refused)
{
    Lab lab;
    MoveOptions options;
    options.shards = lab.shards;
    options.to = "b";
    options.tenant = lab.fixture.ids.make<TenantId>().to_string();
    BOOST_TEST((move_tenant(options).error() == errc::not_found));
    const auto places = lab.run(lab.fixture.store->records("tenant_shard")).value();
    BOOST_TEST(places.size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
