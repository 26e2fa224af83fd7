// The statements that readers keep prepared.
#include "hub/store/sqlite/read/reader.hpp"
#include "tests/store/sqlite/sqlite_lab.hpp"

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;

BOOST_AUTO_TEST_SUITE(store_sqlite_readers)

// Goal: a statement in use stays, however many others one query prepares beside it; what is
// dropped between two queries is prepared anew. (It was freed under its user, when the kept
// statements happened to become too many just then; found by the generated calls of the API.)
BOOST_AUTO_TEST_CASE(a_statement_in_use_stays)
{
    TemporaryDirectory directory;
    SqliteOptions options;
    options.path = directory.file("katydid.db");
    open_sqlite(options)->close();
    sqlite::ReadSession session{options};
    const auto ask = [&session] {
        auto& held = session.prepare("SELECT 1");
        const sqlite::ResetGuard guard{held};
        BOOST_TEST(held.step());
        for (int i = 2; i < 200; ++i) {
            auto& other = session.prepare("SELECT " + std::to_string(i));
            const sqlite::ResetGuard other_guard{other};
            BOOST_TEST(other.step());
            BOOST_TEST(other.integer(0) == i);
        }
        BOOST_TEST(held.integer(0) == 1);
    };
    ask();
    session.trim();
    ask();
}

BOOST_AUTO_TEST_SUITE_END()
