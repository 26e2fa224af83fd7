// What is seen of a store without opening it.
#include "hub/store/peek.hpp"

#include "hub/store/open_store.hpp"
#include "tests/store/postgres/postgres_server.hpp"
#include "tests/store/stores.hpp"

#include <fstream>
#include <set>

#include <unistd.h>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;

namespace {

std::unique_ptr<Store> open_at(const std::string& url)
{
    StoreOptions options;
    options.url = url;
    return open_store(std::move(options));
}

void put_two_records(const std::string& url)
{
    StoreFixture lab{open_at(url)};
    for (const auto* kind : {"source", "other"}) {
        Record record;
        record.kind = kind;
        record.id = "one";
        record.json = R"({"a": 1})";
        BOOST_REQUIRE(lab.run(lab.store->put_record(record)));
    }
}

void check_records(const std::string& url)
{
    const auto seen = peek_records(url, {"source", "absent"});
    BOOST_REQUIRE(seen);
    BOOST_REQUIRE(seen->size() == 1U);
    BOOST_TEST(seen->front().kind == "source");
    BOOST_TEST(seen->front().json == R"({"a": 1})");
    BOOST_TEST((seen->front().tenant == default_tenant()));
}

std::set<std::string> files_beside(const std::string& path)
{
    std::set<std::string> names;
    const auto folder = std::filesystem::path{path}.parent_path();
    for (const auto& entry : std::filesystem::directory_iterator{folder})
        names.insert(entry.path().filename().string());
    return names;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_peek)

// Goal: a look into a file that nobody uses reads its records and leaves no trace.
BOOST_AUTO_TEST_CASE(sqlite_file)
{
    TemporaryDirectory directory;
    const auto path = directory.file("a?b%20#.db");
    const auto url = "sqlite:" + path;
    BOOST_TEST(peek_records(url, {"source"}).value().empty());
    BOOST_TEST(files_beside(path).empty());
    put_two_records(url);
    const auto before = files_beside(path);
    check_records(url);
    const auto after = files_beside(path);
    BOOST_TEST(after == before, boost::test_tools::per_element());
}

// Goal: what was committed before a crash is in the log, and is seen.
BOOST_AUTO_TEST_CASE(sqlite_log)
{
    TemporaryDirectory directory;
    const auto path = directory.file("katydid.db");
    const auto copy = directory.file("copy.db");
    {
        StoreFixture lab{open_at("sqlite:" + path)};
        Record record;
        record.kind = "source";
        record.id = "one";
        record.json = R"({"a": 1})";
        BOOST_REQUIRE(lab.run(lab.store->put_record(record)));
        // As after a crash: the file and its log, without a checkpoint.
        for (const auto* suffix : {"", "-wal"})
            std::filesystem::copy_file(path + suffix, copy + suffix);
    }
    check_records("sqlite:" + copy);
}

// Goal: the holder of a store is named without touching its lock.
BOOST_AUTO_TEST_CASE(holder)
{
    TemporaryDirectory directory;
    const auto url = "sqlite:" + directory.file("katydid.db");
    BOOST_TEST(!store_in_use(url));
    {
        const auto store = open_at(url);
        const auto error = store_in_use(url);
        BOOST_REQUIRE(error);
        BOOST_TEST((*error == errc::conflict));
        const auto sentence = "in use by process " + std::to_string(::getpid());
        BOOST_TEST((error->message.find(sentence) != std::string::npos), error->message);
        store->close();
    }
    BOOST_TEST(!store_in_use(url));
}

// Goal: what open_store() refuses is refused with the same sentence.
BOOST_AUTO_TEST_CASE(foreign_files)
{
    TemporaryDirectory directory;
    const auto path = directory.file("katydid.db");
    std::ofstream{path} << std::string(4'096, 'x');
    std::string opened;
    try {
        static_cast<void>(open_at("sqlite:" + path));
    } catch (const Failure& failure) {
        opened = failure.what();
    }
    const auto seen = peek_records("sqlite:" + path, {"source"});
    BOOST_REQUIRE(!seen);
    BOOST_TEST(seen.error().message == opened);
}

// Goal: a database without tables stays without; one with tables shows its records.
BOOST_AUTO_TEST_CASE(postgres)
{
    auto& server = PostgresServer::shared();
    const auto schema = server.make_schema();
    const auto url = server.uri(schema);
    BOOST_TEST(peek_records(url, {"source"}).value().empty());
    BOOST_TEST(
        server
            .ask(schema, "SELECT tablename, '' FROM pg_tables WHERE schemaname = '" + schema + "'")
            .empty());
    put_two_records(url);
    check_records(url);
    const auto away = peek_records("postgres://127.0.0.1:1/none", {"source"});
    BOOST_REQUIRE(!away);
    BOOST_TEST((away.error() == errc::store_unavailable));
}

// Regression: a schema that is not there was taken for an empty one, and doctor found no fault with
// a shard that no hub could open.
BOOST_AUTO_TEST_CASE(postgres_without_the_schema)
{
    const auto lost = peek_records(PostgresServer::shared().uri("absent"), {"shard"});
    BOOST_REQUIRE(!lost);
    BOOST_TEST(lost.error().message.find("CREATE SCHEMA") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
