// Backup and restore as the commands do it: from outside the process that owns the store.
#include "hub/store/sqlite/file/sqlite_files.hpp"
#include "tests/store/sqlite/sqlite_lab.hpp"

#include <filesystem>
#include <fstream>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;

BOOST_AUTO_TEST_SUITE(store_sqlite_files)

namespace {

SqliteOptions options_at(const std::string& path)
{
    SqliteOptions options;
    options.path = path;
    return options;
}

}  // namespace

// Goal: a backup of a store in use, restored in its place, holds what was there at the backup;
// what came later is kept aside.
BOOST_AUTO_TEST_CASE(backup_then_restore)
{
    TemporaryDirectory directory;
    const auto path = directory.file("katydid.db");
    const auto copy = directory.file("copy.db");
    EventId early;
    EventId late;
    {
        StoreFixture lab{open_sqlite(options_at(path))};
        early = lab.append("early", {}).event;
        backup_sqlite(path, copy, nullptr).value();
        late = lab.append("late", {}).event;
        const auto in_use = restore_sqlite(copy, path, lab.clock.now(), nullptr);
        BOOST_TEST((!in_use && in_use.error().code == errc::conflict));
        BOOST_TEST(lab.run(lab.store->event(default_tenant(), late)).has_value());
    }
    ManualClock clock;
    const auto aside = restore_sqlite(copy, path, clock.now(), nullptr).value();
    BOOST_TEST(std::filesystem::exists(aside));
    {
        StoreFixture lab{open_sqlite(options_at(path))};
        BOOST_TEST(lab.run(lab.store->event(default_tenant(), early)).has_value());
        BOOST_TEST(lab.run(lab.store->event(default_tenant(), late)).has_error());
    }
    StoreFixture before{open_sqlite(options_at(aside))};
    BOOST_TEST(before.run(before.store->event(default_tenant(), late)).has_value());
}

// Goal: a stale log beside a lost store is not read into the restored one.
BOOST_AUTO_TEST_CASE(stale_log_is_moved_aside)
{
    TemporaryDirectory directory;
    const auto path = directory.file("katydid.db");
    const auto copy = directory.file("copy.db");
    EventId early;
    {
        StoreFixture lab{open_sqlite(options_at(path))};
        early = lab.append("early", {}).event;
        backup_sqlite(path, copy, nullptr).value();
    }
    std::filesystem::remove(path);
    std::ofstream{path + "-wal"} << "left over";
    ManualClock clock;
    BOOST_TEST(restore_sqlite(copy, path, clock.now(), nullptr).value().empty());
    BOOST_TEST(!std::filesystem::exists(path + "-wal"));
    StoreFixture lab{open_sqlite(options_at(path))};
    BOOST_TEST(lab.run(lab.store->event(default_tenant(), early)).has_value());
}

// Goal: what is no backup of ours, or damaged, or missing, is refused and changes nothing.
BOOST_AUTO_TEST_CASE(bad_backups_are_refused)
{
    TemporaryDirectory directory;
    const auto path = directory.file("katydid.db");
    ManualClock clock;
    EventId kept;
    {
        StoreFixture lab{open_sqlite(options_at(path))};
        kept = lab.append("kept", {}).event;
    }
    const auto missing = restore_sqlite(directory.file("none.db"), path, clock.now(), nullptr);
    BOOST_TEST((!missing && missing.error().code == errc::not_found));
    const auto text = directory.file("text.db");
    std::ofstream{text} << std::string(8192, 'x');
    BOOST_TEST(restore_sqlite(text, path, clock.now(), nullptr).has_error());
    const auto damaged = directory.file("damaged.db");
    backup_sqlite(path, damaged, nullptr).value();
    {
        std::fstream file{damaged, std::ios::binary | std::ios::in | std::ios::out};
        file.seekp(5 * 4096);
        file << std::string(3 * 4096, '\x7f');
    }
    BOOST_TEST(restore_sqlite(damaged, path, clock.now(), nullptr).has_error());
    StoreFixture lab{open_sqlite(options_at(path))};
    BOOST_TEST(lab.run(lab.store->event(default_tenant(), kept)).has_value());
}

// Goal: a backup never overwrites a file, and a store that is not there is said so.
BOOST_AUTO_TEST_CASE(backup_refusals)
{
    TemporaryDirectory directory;
    const auto path = directory.file("katydid.db");
    const auto none = backup_sqlite(path, directory.file("copy.db"), nullptr);
    BOOST_TEST((!none && none.error().code == errc::not_found));
    StoreFixture lab{open_sqlite(options_at(path))};
    const auto taken = backup_sqlite(path, path, nullptr);
    BOOST_TEST((!taken && taken.error().code == errc::conflict));
}

BOOST_AUTO_TEST_SUITE_END()
