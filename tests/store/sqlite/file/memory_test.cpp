#include "hub/store/sqlite/file/connection.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <thread>
#include <utility>
#include <vector>

using namespace katydid;

namespace {

/// So many bytes that say which block they are of.
char* filled(int bytes)
{
    void* const block = sqlite3_malloc(bytes);
    BOOST_REQUIRE(block != nullptr);
    std::memset(block, bytes & 0x7f, static_cast<std::size_t>(bytes));
    return static_cast<char*>(block);
}

bool is_whole(const char* block, int bytes)
{
    for (int i = 0; i < bytes; ++i)
        if (block[i] != (bytes & 0x7f)) return false;
    return true;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(store_sqlite_memory)

// Goal: SQLite has its memory from the blocks that threads keep; they have the size that was asked
// for at least, and none is handed out twice, also of one that another thread gave back.
BOOST_AUTO_TEST_CASE(blocks_are_kept_apart)
{
    store::sqlite::Connection connection{":memory:", SQLITE_OPEN_READWRITE, ""};
    void* const smallest = sqlite3_malloc(1);
    BOOST_TEST(sqlite3_msize(smallest) == 64U);
    sqlite3_free(smallest);
    for (int round = 0; round < 3; ++round) {
        std::vector<std::pair<char*, int>> blocks;
        for (int bytes = 1; bytes < 20'000; bytes += 61) {
            blocks.emplace_back(filled(bytes), bytes);
            BOOST_TEST(sqlite3_msize(blocks.back().first) >= static_cast<unsigned>(bytes));
        }
        for (const auto& [block, bytes] : blocks) BOOST_TEST(is_whole(block, bytes));
        std::thread other{[&blocks] {
            for (std::size_t i = 0; i < blocks.size(); i += 2) sqlite3_free(blocks[i].first);
            for (std::size_t i = 0; i < 100; ++i) sqlite3_free(filled(static_cast<int>(i) + 1));
        }};
        other.join();
        for (std::size_t i = 1; i < blocks.size(); i += 2) sqlite3_free(blocks[i].first);
    }
}

// Goal: a block that grows or shrinks keeps what is in it.
BOOST_AUTO_TEST_CASE(blocks_change_their_size)
{
    store::sqlite::Connection connection{":memory:", SQLITE_OPEN_READWRITE, ""};
    constexpr int bytes = 50;
    auto* block = filled(bytes);
    for (const int size : {64, 65, 5'000, 100'000, 8'193, 60}) {
        block = static_cast<char*>(sqlite3_realloc(block, size));
        BOOST_REQUIRE(block != nullptr);
        BOOST_TEST(is_whole(block, bytes));
    }
    sqlite3_free(block);
}

BOOST_AUTO_TEST_SUITE_END()
