#include "hub/app/assembly.hpp"

#include "tests/hub/running_hub.hpp"

#include <boost/test/unit_test.hpp>

#include <iostream>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace katydid;
using namespace katydid::test;

namespace {

enum Ended : int { started, refused, broken };

Ended start_and_stop(const Settings& settings)
{
    Hub hub{settings};
    hub.on_ready([&](const Addresses&) { hub.stop(); });
    asio::io_context loop{1};
    std::exception_ptr failure;
    asio::co_spawn(loop, hub.run(), [&](std::exception_ptr thrown) { failure = thrown; });
    loop.run();
    if (!failure) return started;
    try {
        std::rethrow_exception(failure);
    } catch (const Failure& failed) {
        const std::string_view why{failed.what()};
        std::cerr << why << '\n';
        return why.find("A thread cannot be started") == std::string_view::npos ? broken : refused;
    }
}

/// Starts a hub in a process that may have so many threads. -1: the process was killed.
int start_with(rlim_t threads)
{
    const Folder folder;
    auto settings = settings_in(folder);
    settings.data_dir = folder.path() / "hub";  // the child makes it its own
    settings.loops = 3;
    std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
    const auto child = ::fork();
    if (child == 0) {
        ::alarm(60);
        const rlimit limit{threads, threads};
        // Not for root: as a user that nothing else runs as.
        const auto user = static_cast<uid_t>(1'000'000 + ::getpid());
        const bool is_limited = ::setrlimit(RLIMIT_NPROC, &limit) == 0
                                && (::geteuid() != 0 || ::setresuid(user, user, user) == 0);
        ::_exit(is_limited ? start_and_stop(settings) : broken);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(app_assembly)

// Goal: whichever of its threads a hub cannot start, it says so and ends; it does not crash or
// hang.
// Regression: the threads that ran already brought the process down.
BOOST_AUTO_TEST_CASE(a_thread_that_cannot_start)
{
    rlim_t threads = 1;
    for (; threads < 20; ++threads) {
        const auto ended = start_with(threads);
        if (ended == started) break;
        BOOST_TEST(ended == refused, threads << " threads: " << ended);
    }
    // The writer, the reader, the copier and the loops: with each of them missing.
    if (::geteuid() == 0) BOOST_TEST(threads > 6U);
}

BOOST_AUTO_TEST_SUITE_END()
