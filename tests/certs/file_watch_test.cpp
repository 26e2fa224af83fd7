#include "certs/file_watch.hpp"

#include "tests/support/run_coroutine.hpp"
#include "tests/support/temporary_folder.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>

using namespace katydid;
using namespace katydid::certs;
using namespace katydid::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

struct WatchFixture {
    void write(const fs::path& file, const std::string& text) { std::ofstream{file} << text; }

    /// Waits until on_change came; 10 s at most.
    awaitable<> told(int times)
    {
        while (changes < times) {
            signal.expires_after(10s);
            const auto [error] = co_await signal.async_wait(use_tuple);
            BOOST_REQUIRE_MESSAGE(error, "no change was told within 10 s");
        }
    }

    std::unique_ptr<FileWatch> watch(std::vector<fs::path> files, FileWatch::Options options)
    {
        return std::make_unique<FileWatch>(
            loop.get_executor(), std::move(files),
            [this] {
                ++changes;
                signal.cancel();
            },
            options);
    }

    const TemporaryFolder folder;
    boost::asio::io_context loop{1};
    boost::asio::steady_timer signal{loop};
    int changes = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(certs_file_watch, WatchFixture)

// Goal: a file that is written, renamed over, or exchanged behind a link is seen each time.
BOOST_AUTO_TEST_CASE(every_way_to_change)
{
    const auto file = folder.path() / "a.pem";
    const auto link = folder.path() / "link.pem";
    write(file, "1");
    fs::create_symlink(file, link);
    const auto watched = watch({file, link}, {1ms, 1h});
    run_coroutine(loop, [&]() -> awaitable<> {
        watched->start();
        write(file, "22");
        co_await told(1);
        write(folder.path() / "new", "333");
        fs::rename(folder.path() / "new", file);
        co_await told(2);
        write(folder.path() / "other", "4444");
        fs::create_symlink(folder.path() / "other", folder.path() / "fresh");
        fs::rename(folder.path() / "fresh", link);
        co_await told(3);
        fs::remove(file);
        co_await told(4);
        watched->stop();
        watched->stop();
    });
}

// Goal: without notices the look now and then is enough.
BOOST_AUTO_TEST_CASE(look_now_and_then)
{
    const auto elsewhere = folder.path() / "target";
    fs::create_directory(elsewhere);
    const auto link = folder.path() / "a.pem";
    write(elsewhere / "a.pem", "1");
    fs::create_symlink(elsewhere / "a.pem", link);  // its folder is not the one that is watched
    const auto watched = watch({link}, {1ms, 5ms});
    run_coroutine(loop, [&]() -> awaitable<> {
        watched->start();
        write(elsewhere / "a.pem", "22");
        co_await told(1);
        watched->stop();
    });
}

// Goal: two files written one after the other are one change; other files in the folder are none.
BOOST_AUTO_TEST_CASE(quiet_first)
{
    const auto certificate = folder.path() / "a.pem";
    const auto key = folder.path() / "a.key";
    const auto watched = watch({certificate, key}, {20ms, 1h});
    run_coroutine(loop, [&]() -> awaitable<> {
        watched->start();
        write(folder.path() / "unrelated", "x");
        write(certificate, "1");
        write(key, "1");
        co_await told(1);
        BOOST_TEST(changes == 1);
        watched->stop();
    });
}

BOOST_AUTO_TEST_SUITE_END()
