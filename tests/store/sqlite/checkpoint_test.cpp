// How the SQLite store's write-ahead log gets into its file.
#include "tests/store/sqlite/sqlite_lab.hpp"

#include <filesystem>

using namespace katydid;
using namespace katydid::store;
using namespace katydid::store::test;

BOOST_AUTO_TEST_SUITE(store_checkpoint)

namespace {

constexpr int rounds = 200;
constexpr std::uintmax_t frame_bytes = 4'096 + 24;

struct Log {
    Log()
    {
        options.path = directory.file("katydid.db");
        options.checkpoint_pages = 20;
        options.log_pages_max = 200;
        options.on_checkpoint = [this](double) { ++steps; };
    }
    std::uintmax_t pages() const
    {
        return std::filesystem::file_size(options.path + "-wal") / frame_bytes;
    }

    TemporaryDirectory directory;
    SqliteOptions options;
    std::atomic<int> steps{0};
};

}  // namespace

// Goal: under load the log starts over again and again instead of growing, though most steps
// leave it as it is.
BOOST_FIXTURE_TEST_CASE(log_starts_over, Log)
{
    StoreFixture lab{open_sqlite(options)};
    for (int i = 0; i < rounds; ++i) lab.append(std::to_string(i), {});
    BOOST_TEST(pages() < 2U * static_cast<std::uintmax_t>(options.log_pages_max));
    lab.store->close();
    BOOST_TEST(steps > rounds / 20);
}

// Goal: what a person reads while steps are taken is what was committed, and a restart finds all.
BOOST_FIXTURE_TEST_CASE(readers_see_every_commit, Log)
{
    {
        StoreFixture lab{open_sqlite(options)};
        for (int i = 0; i < rounds; ++i) {
            const auto appended = lab.append(std::to_string(i), {});
            BOOST_TEST(lab.run(lab.store->event(default_tenant(), appended.event)).has_value());
        }
    }
    StoreFixture again{open_sqlite(options)};
    BOOST_TEST(again.run(again.store->stats(std::nullopt)).value().events == std::uint64_t{rounds});
}

BOOST_AUTO_TEST_SUITE_END()
