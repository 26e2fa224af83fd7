// Files of older programs.
#include "hub/store/sqlite/file/connection.hpp"
#include "tests/store/sqlite/sqlite_lab.hpp"

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;

BOOST_AUTO_TEST_SUITE(store_sqlite_migration)

// Goal: a file of a development build before 0.1.0 is refused with what to do, and left as it is.
BOOST_AUTO_TEST_CASE(file_of_a_development_build)
{
    TemporaryDirectory directory;
    SqliteOptions options;
    options.path = directory.file("katydid.db");
    static_cast<void>(open_sqlite(options));
    for (const int version : {1, 4}) {
        {
            sqlite::Connection connection{options.path, SQLITE_OPEN_READWRITE, ""};
            connection.run("PRAGMA user_version = " + std::to_string(version));
        }
        std::string refusal;
        try {
            static_cast<void>(open_sqlite(options));
        } catch (const Failure& failure) {
            refusal = failure.what();
        }
        BOOST_TEST(refusal.find("development build before 0.1.0") != std::string::npos, refusal);
        sqlite::Connection connection{options.path, SQLITE_OPEN_READWRITE, ""};
        BOOST_TEST(connection.integer("PRAGMA user_version") == version);
    }
}

BOOST_AUTO_TEST_SUITE_END()
