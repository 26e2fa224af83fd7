// A PostgreSQL that goes away, moves to another machine, fills up, or asks for TLS.
#include "certs/dev_ca.hpp"
#include "hub/store/postgres/wire/sql_error.hpp"
#include "tests/store/postgres/hubs.hpp"

#include <fstream>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;

BOOST_AUTO_TEST_SUITE(store_postgres_outage)

// Goal: while the database restarts, calls are refused with "unavailable"; then everything goes on
// by itself, and what was acknowledged is delivered once at least and stored once.
BOOST_AUTO_TEST_CASE(database_restarts)
{
    PostgresServer server{PostgresServer::Durability::none};
    Hubs hubs{server};
    auto& one = hubs.add();
    const auto subscription = hubs.ids.make<SubscriptionId>();
    for (std::size_t i = 0; i < 50; ++i) hubs.append(one, "e" + std::to_string(i), subscription);
    hubs.run_until([&] { return hubs.appended == 50; });
    server.stop_at_once();
    for (std::size_t i = 50; i < 100; ++i) hubs.append(one, "e" + std::to_string(i), subscription);
    hubs.run_until(
        [&] { return one.store->health() == Health::unavailable && hubs.refused >= 50; });
    server.start();
    hubs.run_until([&] { return hubs.appended == 100 && one.store->health() == Health::ok; });
    const auto expected = names_of(100);
    hubs.run_until([&] {
        return std::includes(one.sent.begin(), one.sent.end(), expected.begin(), expected.end());
    });
}

// Regression: a list that met a database that was away told any caller its host and port.
BOOST_AUTO_TEST_CASE(callers_do_not_learn_where_the_database_is)
{
    const postgres::SqlError lost{"", "connection to server at \"db2.internal\" failed"};
    BOOST_TEST(postgres::explain(lost).find("db2.internal") != std::string::npos);
    const auto told = postgres::describe(lost);
    BOOST_TEST((told == errc::store_unavailable));
    BOOST_TEST(told.message == "The database cannot be reached now: try later.");
    PostgresServer server{PostgresServer::Durability::none};
    Hubs hubs{server};
    StoreFixture lab{open_postgres(hubs.options())};
    server.stop_at_once();
    const auto stats = lab.run(lab.store->stats({}));
    BOOST_REQUIRE(!stats);
    BOOST_TEST(stats.error().message == told.message);
    server.start();
}

// Regression: a hub that had nothing to write while the database restarted said that it was well
// again, and refused the next event.
BOOST_AUTO_TEST_CASE(nothing_is_refused_after_a_quiet_restart)
{
    PostgresServer server{PostgresServer::Durability::none};
    Hubs hubs{server};
    auto& one = hubs.add();
    const auto subscription = hubs.ids.make<SubscriptionId>();
    for (std::size_t round = 1; round <= 5; ++round) {
        hubs.append(one, "e" + std::to_string(round), subscription);
        hubs.run_until([&] { return hubs.appended == round; });
        server.stop_at_once();
        hubs.run_until([&] { return one.store->health() == Health::unavailable; });
        server.start();
        hubs.run_until([&] { return one.store->health() == Health::ok; });
    }
    hubs.append(one, "e6", subscription);
    hubs.run_until([&] { return hubs.appended == 6; });
    BOOST_TEST(hubs.refused == 0U);
}

// Goal: the primary dies and its standby is promoted: with both hosts in the URL the hub goes on
// there by itself, and what was acknowledged is there.
BOOST_AUTO_TEST_CASE(standby_takes_over)
{
    PostgresServer primary{PostgresServer::Durability::none};
    PostgresServer standby{primary, PostgresServer::Standby{}};
    Hubs hubs{primary};
    hubs.url = primary.url_or(standby, hubs.schema());
    auto& one = hubs.add();
    const auto subscription = hubs.ids.make<SubscriptionId>();
    for (std::size_t i = 0; i < 50; ++i) hubs.append(one, "e" + std::to_string(i), subscription);
    hubs.run_until([&] { return hubs.appended == 50; });
    primary.stop_at_once();
    for (std::size_t i = 50; i < 100; ++i) hubs.append(one, "e" + std::to_string(i), subscription);
    hubs.run_until([&] { return one.store->health() == Health::unavailable; });
    BOOST_TEST(hubs.appended == 50U);
    standby.promote();
    hubs.run_until([&] { return hubs.appended == 100 && one.store->health() == Health::ok; });
    hubs.run_until([&] { return one.sent.size() >= 100; });
    const auto expected = names_of(100);
    BOOST_TEST(std::includes(one.sent.begin(), one.sent.end(), expected.begin(), expected.end()));
    StoreFixture lab{open_postgres(hubs.options())};
    BOOST_TEST(lab.run(lab.store->stats({})).value().events == 100U);
}

// Goal: a database whose disk is full answers "full": nothing is acknowledged, and when there is
// room the hub goes on by itself. The database says it as PostgreSQL does, with SQLSTATE 53100.
BOOST_AUTO_TEST_CASE(disk_is_full)
{
    Hubs hubs;
    auto& one = hubs.add();
    const auto subscription = hubs.ids.make<SubscriptionId>();
    hubs.run_sql(
        "CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = '53100'; END$$;"
        "CREATE TRIGGER fill BEFORE INSERT ON events EXECUTE FUNCTION fill()");
    hubs.refusal = errc::store_full;
    for (std::size_t i = 0; i < 20; ++i) hubs.append(one, "e" + std::to_string(i), subscription);
    hubs.run_until([&] { return one.store->health() == Health::full && hubs.refused >= 40; });
    BOOST_TEST(hubs.appended == 0U);
    hubs.run_sql("DROP TRIGGER fill ON events");
    hubs.run_until([&] { return hubs.appended == 20 && one.store->health() == Health::ok; });
    hubs.run_until([&] { return one.sent == names_of(20); });
}

// Goal: the way to the database may be TLS, with the server's certificate verified; a certificate
// of somebody else is refused.
BOOST_AUTO_TEST_CASE(over_tls)
{
    const TemporaryDirectory files;
    certs::DevCa authority{files.file("certs")};
    const auto made = authority.issue("database", {});
    const PostgresServer::Tls tls{made.certificate.string(), made.key.string()};
    PostgresServer server{PostgresServer::Durability::none, tls};
    Hubs hubs{server};
    hubs.url = server.tls_url(hubs.schema(), authority.ca_file().string());
    auto& one = hubs.add();
    const auto subscription = hubs.ids.make<SubscriptionId>();
    for (std::size_t i = 0; i < 20; ++i) hubs.append(one, "e" + std::to_string(i), subscription);
    hubs.run_until([&] { return one.sent == names_of(20); });
    auto options = hubs.options();
    options.url = server.tls_url(hubs.schema(), "/etc/ssl/certs/ca-certificates.crt");
    BOOST_CHECK_EXCEPTION((void)open_postgres(options), Failure, [](const Failure& failure) {
        return std::string_view{failure.what()}.find("certificate") != std::string_view::npos;
    });
}

BOOST_AUTO_TEST_SUITE_END()
