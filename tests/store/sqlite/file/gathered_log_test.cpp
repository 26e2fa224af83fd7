// The write-ahead log in few large writes.
#include "hub/store/sqlite/file/gathered_log.hpp"

#include "hub/core/error.hpp"
#include "hub/store/sqlite/file/connection.hpp"
#include "tests/store/sqlite/fault_vfs.hpp"
#include "tests/store/stores.hpp"

#include <sqlite3.h>

#include <boost/test/unit_test.hpp>

using namespace katydid::store;
using namespace katydid::store::sqlite;
using namespace katydid::store::test;

namespace {

constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

/// A database with a table of large rows, written through the gathering VFS over one that can fail.
struct Database {
    Database()
    {
        writer.run("PRAGMA page_size = 4096");
        BOOST_REQUIRE(writer.text("PRAGMA journal_mode = WAL") == "wal");
        writer.run("PRAGMA synchronous = FULL");
        writer.run("PRAGMA wal_autocheckpoint = 0");
        writer.run("CREATE TABLE t(x)");
    }
    ~Database() { clear_fault(); }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void insert(int rows)
    {
        writer.run("BEGIN IMMEDIATE");
        for (int i = 0; i < rows; ++i) writer.run("INSERT INTO t VALUES(randomblob(3000))");
        writer.run("COMMIT");
    }

    TemporaryDirectory directory;
    std::string path = directory.file("log.db");
    Connection writer{path, flags, gathered_log_vfs(fault_vfs())};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(store_sqlite_gathered_log)

// Goal: a commit of some twenty pages is one write and one sync, not forty writes and one sync.
BOOST_AUTO_TEST_CASE(one_write_a_commit)
{
    Database database;
    database.insert(1);
    arm(Fault::io_error, 3);  // the third write or sync would fail
    database.insert(20);
    BOOST_TEST(!has_struck());
    BOOST_TEST(database.writer.integer("SELECT count(*) FROM t") == 21);
}

// Goal: what is committed is there for every other connection at once, and whole.
BOOST_AUTO_TEST_CASE(others_see_what_is_committed)
{
    Database database;
    Connection reader{database.path, SQLITE_OPEN_READWRITE, ""};
    int rows = 0;
    for (const int more : {1, 5, 200, 3, 70}) {  // 200: more than is gathered at one time
        database.insert(more);
        rows += more;
        BOOST_TEST(reader.integer("SELECT count(*) FROM t") == rows);
        BOOST_TEST(reader.integer("SELECT sum(length(x)) FROM t") == 3'000 * rows);
    }
    BOOST_TEST(reader.text("PRAGMA integrity_check") == "ok");
}

// Goal: pages that were gathered and are read back before the commit are the new ones.
BOOST_AUTO_TEST_CASE(reads_its_own_pages)
{
    Database database;
    database.writer.run(
        "PRAGMA cache_size = 8");  // so small that pages go to the log before the commit
    database.writer.run("BEGIN IMMEDIATE");
    for (int i = 0; i < 60; ++i) database.writer.run("INSERT INTO t VALUES(randomblob(3000))");
    database.writer.run("UPDATE t SET x = zeroblob(2000)");
    BOOST_TEST(database.writer.integer("SELECT sum(length(x)) FROM t") == 60 * 2'000);
    database.writer.run("COMMIT");
    BOOST_TEST(database.writer.text("PRAGMA integrity_check") == "ok");
    BOOST_TEST(database.writer.integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0);
    Connection other{database.path, SQLITE_OPEN_READWRITE, ""};
    BOOST_TEST(other.integer("SELECT sum(length(x)) FROM t") == 60 * 2'000);
}

// Goal: a write that fails fails the commit, as when it was not gathered, and nothing of that
// commit is ever seen; when there is room again, work goes on.
BOOST_AUTO_TEST_CASE(failures_are_told_by_the_commit)
{
    Database database;
    database.insert(3);
    arm(Fault::full, 1);
    BOOST_CHECK_THROW(database.insert(5), SqlError);
    BOOST_TEST(has_struck());
    clear_fault();
    if (database.writer.in_transaction()) database.writer.run("ROLLBACK");
    BOOST_TEST(database.writer.integer("SELECT count(*) FROM t") == 3);
    database.insert(2);
    Connection reader{database.path, SQLITE_OPEN_READWRITE, ""};
    BOOST_TEST(reader.integer("SELECT count(*) FROM t") == 5);
    BOOST_TEST(reader.text("PRAGMA integrity_check") == "ok");
}

// Goal: a VFS that is not there is refused by name.
BOOST_AUTO_TEST_CASE(unknown_base)
{
    BOOST_CHECK_EXCEPTION(
        static_cast<void>(gathered_log_vfs("nobody")), katydid::Failure, [](const auto& failure) {
            return std::string{failure.what()}.find("nobody") != std::string::npos;
        });
}

BOOST_AUTO_TEST_SUITE_END()
