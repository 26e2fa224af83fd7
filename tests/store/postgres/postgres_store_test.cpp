// What is special about the shared store: several hubs and their leases.
#include "hub/core/codec/encoding.hpp"
#include "hub/store/open_store.hpp"
#include "tests/store/postgres/hubs.hpp"

#include <libpq-fe.h>

#include <set>
#include <tuple>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;

BOOST_AUTO_TEST_SUITE(store_postgres)

// Goal: a database of a newer program is left alone, with a sentence that says so.
BOOST_AUTO_TEST_CASE(newer_tables_are_refused)
{
    Hubs hubs;
    hubs.add();
    hubs.run_sql("UPDATE katydid_meta SET value = 99 WHERE key = 'schema'");
    BOOST_CHECK_EXCEPTION(
        std::ignore = open_postgres(hubs.options()), Failure, [](const Failure& failure) {
            return std::string_view{failure.what()}.find("newer") != std::string_view::npos;
        });
}

// Goal: a database that is not there is named at start, without the password.
BOOST_AUTO_TEST_CASE(unreachable_database)
{
    const std::string url = "postgres://joe:s3cret@127.0.0.1:1/db?connect_timeout=1";
    PostgresOptions options;
    options.url = url;
    BOOST_CHECK_EXCEPTION(std::ignore = open_postgres(std::move(options)), Failure,
                          [](const Failure& failure) {
                              const std::string_view what{failure.what()};
                              return what.find("127.0.0.1") != std::string_view::npos
                                     && what.find("s3cret") == std::string_view::npos;
                          });
    BOOST_TEST(describe_store(url) == "postgres://127.0.0.1:1/db");
    BOOST_TEST(describe_store("postgres://u:a@b/c@h,i/db") == "postgres://h,i/db");
    BOOST_TEST(describe_store("sqlite:./x.db") == "sqlite:./x.db");
}

// Goal: hubs that purge at the same time count what each of them deleted: `events` became -1,000.
BOOST_AUTO_TEST_CASE(three_hubs_purge)
{
    Hubs hubs;
    auto& one = hubs.add();
    hubs.add();
    hubs.add();
    constexpr std::size_t count = 300;
    const auto subscription = hubs.ids.make<SubscriptionId>();
    for (std::size_t i = 0; i < count; ++i) hubs.append(one, "e" + std::to_string(i), subscription);
    hubs.run_until([&] {
        const auto waiting = hubs.ask("SELECT count(*), 0 FROM deliveries WHERE state < 2");
        return hubs.appended == count && waiting.at(0).first == "0";
    });
    const auto later = system_clock().now() + std::chrono::hours{24 * 400};
    const auto deleted = hubs.purge_all(later, 20);
    // Deliveries, events and the memory of each event, once, and some counts over time.
    BOOST_TEST(deleted >= 3 * count);
    BOOST_TEST(deleted < 3 * count + 50);
    BOOST_TEST(hubs.ask("SELECT coalesce(sum(rows), 0), 0 FROM counters").at(0).first == "0");
    BOOST_TEST(hubs.ask("SELECT count(*), 0 FROM attempts").at(0).first == "0");
}

// Goal: two hubs share the subscriptions: each delivery is handed to one of them, whichever took
// the event, and both have their part.
BOOST_AUTO_TEST_CASE(two_hubs_share)
{
    Hubs hubs;
    auto& one = hubs.add();
    auto& two = hubs.add();
    std::vector<SubscriptionId> subscriptions;
    for (int i = 0; i < 40; ++i) subscriptions.push_back(hubs.ids.make<SubscriptionId>());
    for (std::size_t i = 0; i < 400; ++i)
        hubs.append(i % 2 == 0 ? one : two, "e" + std::to_string(i), subscriptions[i / 2 % 40]);
    hubs.run_until(
        [&] { return one.sent.size() + two.sent.size() >= 400 && hubs.appended == 400; });
    auto all = one.sent;
    all.insert(two.sent.begin(), two.sent.end());
    BOOST_TEST((all == names_of(400)));
    BOOST_TEST(one.sent.size() > 40U);
    BOOST_TEST(two.sent.size() > 40U);
}

// Goal: a hub that leaves gives its subscriptions to the others at once, with what waits of them,
// and a hub that joins gets its part.
BOOST_AUTO_TEST_CASE(leaving_and_joining)
{
    Hubs hubs;
    auto& one = hubs.add();
    std::vector<SubscriptionId> subscriptions;
    for (int i = 0; i < 40; ++i) subscriptions.push_back(hubs.ids.make<SubscriptionId>());
    std::size_t next = 0;
    const auto append_to_all = [&](Hubs::Member& member) {
        for (const auto& subscription : subscriptions)
            hubs.append(member, "e" + std::to_string(next++), subscription);
    };
    append_to_all(one);
    hubs.run_until([&] { return one.sent.size() == 40; });
    auto& two = hubs.add();
    hubs.run_until([&] {
        if (hubs.appended == next) append_to_all(one);
        return !two.sent.empty();
    });
    hubs.run_until([&] { return one.sent.size() + two.sent.size() >= next; });
    one.store->close();
    append_to_all(two);
    hubs.run_until([&] { return one.sent.size() + two.sent.size() >= next; });
    auto all = one.sent;
    all.insert(two.sent.begin(), two.sent.end());
    BOOST_TEST((all == names_of(next)));
}

// Goal: every hub knows how many there are and which of them it is, the numbers differ, and a hub
// that leaves or joins is noticed.
BOOST_AUTO_TEST_CASE(hubs_are_numbered)
{
    Hubs hubs;
    const auto seats = [](const std::vector<Hubs::Member*>& members) {
        std::set<std::pair<std::size_t, std::size_t>> all;
        for (const auto* member : members) all.insert({member->hub->index, member->hub->alive});
        return all;
    };
    using Seats = std::set<std::pair<std::size_t, std::size_t>>;
    auto& one = hubs.add();
    hubs.run_until([&] { return seats({&one}) == Seats{{0, 1}}; });
    auto& two = hubs.add();
    auto& three = hubs.add();
    hubs.run_until([&] { return seats({&one, &two, &three}) == Seats{{0, 3}, {1, 3}, {2, 3}}; });
    two.store->close();
    hubs.run_until([&] { return seats({&one, &three}) == Seats{{0, 2}, {1, 2}}; });
}

// Goal: a hub whose lease was taken over learns it: its settlements are refused, the work it holds
// may not be sent, and it goes on with new leases.
BOOST_AUTO_TEST_CASE(stale_owner_is_refused)
{
    Hubs hubs;
    StoreFixture lab{open_postgres(hubs.options())};
    const auto subscription = lab.ids.make<SubscriptionId>();
    lab.append("e0", {subscription});
    const auto works = lab.recorder.take_works();
    BOOST_REQUIRE(works.size() == 1U);
    BOOST_REQUIRE(works[0].lease);
    BOOST_TEST(works[0].lease->holds_at(system_clock().now()));
    // Another hub takes the subscription, as it does when this one falls silent.
    hubs.run_sql("UPDATE leases SET token = token + 1");
    lab.settle(works[0], DeliveryState::delivered);
    BOOST_TEST(lab.recorder.refused_settlements == 1U);
    BOOST_TEST((lab.delivery(works[0].delivery.id).state == DeliveryState::pending));
    BOOST_TEST(
        lab.run(lab.store->attempts(default_tenant(), works[0].delivery.id)).value().empty());
    const auto stats = lab.run(lab.store->stats({})).value();
    BOOST_TEST(stats.deliveries_by_state[static_cast<int>(DeliveryState::delivered)] <= 1U);
    // This hub is taken for dead.
    hubs.run_sql("DELETE FROM hubs");
    hubs.run_until([&] { return !works[0].lease->holds_at(system_clock().now()); });
    Claimed claimed;
    hubs.run_until([&] {
        if (claimed.works.empty()) claimed = lab.claim(subscription);
        return !claimed.works.empty();
    });
    BOOST_TEST((claimed.works.at(0).delivery.id == works[0].delivery.id));
    BOOST_TEST(claimed.works.at(0).lease->holds_at(system_clock().now()));
    lab.settle(claimed.works.at(0), DeliveryState::delivered);
    BOOST_TEST((lab.delivery(works[0].delivery.id).state == DeliveryState::delivered));
    const auto after = lab.run(lab.store->stats({})).value();
    BOOST_TEST(after.deliveries_by_state[static_cast<int>(DeliveryState::delivered)] == 1U);
    BOOST_TEST(after.deliveries_by_state[static_cast<int>(DeliveryState::pending)] == 0U);
}

// Goal: every table but two small ones leads its primary key and each unique index with the tenant,
// so that what belongs to a tenant is together, and could be taken to another shard.
BOOST_AUTO_TEST_CASE(tenants_lead_the_keys)
{
    Hubs hubs;
    const auto store = open_postgres(hubs.options());
    store->close();
    const auto tables = hubs.ask(
        "SELECT c.relname, bool_and(a.attname = 'tenant')::text FROM pg_index i"
        " JOIN pg_class c ON c.oid = i.indrelid"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
        " WHERE i.indisunique AND c.relkind = 'r'"
        " AND c.relnamespace = current_schema()::regnamespace"
        " GROUP BY 1 ORDER BY 1");
    BOOST_TEST(tables.size() >= 12U);
    for (const auto& [table, leads] : tables) {
        const bool is_of_the_hub = table == "hubs" || table == "katydid_meta";
        BOOST_TEST((leads == "true") == !is_of_the_hub, table);
    }
}

// Goal: a backup is PostgreSQL's own business, and the sentence says with what.
BOOST_AUTO_TEST_CASE(backup_is_refused)
{
    Hubs hubs;
    StoreFixture lab{open_postgres(hubs.options())};
    const auto answer = lab.run(lab.store->backup("/nonexistent/x", {}));
    BOOST_REQUIRE(answer.has_error());
    BOOST_TEST(answer.error().message.find("pg_dump") != std::string::npos);
}

// Goal: senders' words may hold any bytes: what is no UTF-8, and NUL, come back as they were.
BOOST_AUTO_TEST_CASE(any_bytes)
{
    Hubs hubs;
    StoreFixture lab{open_postgres(hubs.options())};
    const std::string odd{"\xff\xfe\0\x80 odd", 8};
    auto event = lab.make_event(odd);
    event->source = event->type = event->subject = event->key = event->content_type = odd;
    lab.run(lab.store->append({event, {}})).value();
    const auto found = lab.run(lab.store->event(default_tenant(), event->id)).value();
    for (const auto* field : {&found->source, &found->type, &found->subject, &found->key,
                              &found->content_type, &found->external_id})
        BOOST_TEST(*field == odd);
    EventQuery query;
    query.external_id = odd;
    BOOST_TEST(lab.run(lab.store->events(query)).value().size() == 1U);
}

// Goal: a payload whose bytes changed in the database is never delivered; its delivery is dead.
BOOST_AUTO_TEST_CASE(changed_payload)
{
    Hubs hubs;
    StoreFixture lab{open_postgres(hubs.options())};
    const auto subscription = lab.ids.make<SubscriptionId>();
    lab.append("e0", {subscription});
    const auto works = lab.recorder.take_works();
    lab.run(lab.store->release(default_tenant(), {works.at(0).delivery.id})).value();
    hubs.run_sql("UPDATE events SET payload = set_byte(payload, 0, 88)");
    BOOST_TEST(lab.claim(subscription).works.empty());
    BOOST_TEST((lab.delivery(works[0].delivery.id).state == DeliveryState::dead));
    BOOST_TEST(
        (lab.run(lab.store->event(default_tenant(), works[0].event->id)).error() == errc::corrupt));
}

namespace {

/// A connection that keeps a transaction open.
class OpenTransaction {
public:
    explicit OpenTransaction(const std::string& url) : handle_{PQconnectdb(url.c_str())}
    {
        run("BEGIN");
    }
    ~OpenTransaction() { PQfinish(handle_); }
    OpenTransaction(const OpenTransaction&) = delete;
    OpenTransaction& operator=(const OpenTransaction&) = delete;

    void run(const std::string& sql)
    {
        PGresult* const answer = PQexec(handle_, sql.c_str());
        const auto status = PQresultStatus(answer);
        BOOST_TEST((status == PGRES_COMMAND_OK), PQresultErrorMessage(answer));
        PQclear(answer);
    }

private:
    PGconn* const handle_;
};

}  // namespace

// Goal: a follower misses no event that was committed late with a lower id, and gets none twice:
// what another transaction may still come before waits for it.
BOOST_AUTO_TEST_CASE(late_commits_are_followed)
{
    auto& server = PostgresServer::shared();
    const auto schema = server.make_schema();
    PostgresOptions options;
    options.url = server.url(schema);
    StoreFixture lab{open_postgres(std::move(options))};
    const auto late = lab.make_event("late")->id;
    const std::string late_bytes{late.bytes().begin(), late.bytes().end()};
    const auto first = lab.append("first", {}).event;
    const auto follow = [&lab](EventId after) {
        EventQuery query;
        query.by_commit = true;
        query.ascending = true;
        query.cursor = after;
        std::vector<std::string> names;
        const auto rows = lab.run(lab.store->events(std::move(query)));
        for (const auto& row : rows.value()) names.push_back(row.event.external_id);
        return names;
    };
    OpenTransaction other{server.url(schema)};
    other.run(
        "INSERT INTO events SELECT tenant, '" + encode(Encoding::hex, late_bytes)
        + "', first_delivery, last_delivery, occurred_at, received_at, payload_bytes, encoding,"
          " origin, type_unsigned, repeat_of, source, type, 'late', subject, key,"
          " content_type, traceparent, headers, digest, payload FROM events");
    const auto last = lab.append("last", {}).event;
    BOOST_TEST(follow(first).empty());
    other.run("COMMIT");
    BOOST_TEST((follow(first) == std::vector<std::string>{"late", "last"}));
    BOOST_TEST((follow(late) == std::vector<std::string>{"last"}));
    BOOST_TEST(follow(last).empty());
}

// Goal: every hub says where it can be reached, and all agree on who owns a subscription: before it
// was ever delivered, and after its owner has gone.
BOOST_AUTO_TEST_CASE(owners_have_addresses)
{
    auto& server = PostgresServer::shared();
    const auto schema = server.make_schema();
    const auto open = [&](const std::string& address) {
        PostgresOptions options;
        options.url = server.url(schema);
        options.address = address;
        return open_postgres(std::move(options));
    };
    StoreFixture one{open("10.0.0.1:1")};
    StoreFixture two{open("10.0.0.2:2")};
    std::vector<SubscriptionName> names;
    for (int i = 0; i < 20; ++i)
        names.push_back({default_tenant(), one.ids.make<SubscriptionId>()});
    const auto owners = one.run(one.store->owner_addresses(names)).value();
    BOOST_TEST((owners == two.run(two.store->owner_addresses(names)).value()));
    const std::set<std::string> found{owners.begin(), owners.end()};
    BOOST_TEST((found == std::set<std::string>{"10.0.0.1:1", "10.0.0.2:2"}));
    auto living = two.run(two.store->hub_addresses()).value();
    BOOST_TEST(living.size() == 2U);
    one.store->close();
    living = two.run(two.store->hub_addresses()).value();
    BOOST_TEST((living == std::vector<std::string>{"10.0.0.2:2"}));
    const auto left = two.run(two.store->owner_addresses(names)).value();
    BOOST_TEST((left == std::vector<std::string>(names.size(), "10.0.0.2:2")));
}

BOOST_AUTO_TEST_SUITE_END()
