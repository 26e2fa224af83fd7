#include "tests/transform/running_pool.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>

#include <unistd.h>

namespace katydid::transform::test {
namespace {

std::vector<std::string> forbidden_calls()
{
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> list{::popen(KATYDID_PROBE " list", "r"),
                                                               ::pclose};
    std::vector<std::string> names;
    std::array<char, 100> line{};
    while (std::fgets(line.data(), line.size(), list.get()) != nullptr) {
        names.emplace_back(line.data());
        names.back().pop_back();
    }
    return names;
}

std::string text_of(const std::filesystem::path& file)
{
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// The folders in /proc of the processes that this one has started and not yet reaped.
std::vector<std::filesystem::path> children()
{
    std::vector<std::filesystem::path> found;
    for (const auto& thread : std::filesystem::directory_iterator{"/proc/self/task"}) {
        std::istringstream pids{text_of(thread.path() / "children")};
        for (std::string pid; pids >> pid;) found.push_back("/proc/" + pid);
    }
    return found;
}

/// The value of a line of /proc/…/status.
std::string status_of(const std::filesystem::path& process, const std::string& name)
{
    const auto text = text_of(process / "status");
    const auto begin = text.find("\n" + name + ":\t") + name.size() + 3;
    return text.substr(begin, text.find_first_of("\t\n", begin) - begin);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(transform_sandbox)

// Goal: a real worker has given up what it does not need before it is asked anything.
BOOST_AUTO_TEST_CASE(workers_have_given_everything_up)
{
    RunningPool pool{real_workers(1)};
    pool.run_until([&] { return pool->state().workers_ready == 1; });
    const auto processes = children();
    BOOST_REQUIRE(processes.size() == 1);
    const auto& worker = processes.front();
    BOOST_TEST(status_of(worker, "Seccomp") == "2");  // a filter
    BOOST_TEST(status_of(worker, "NoNewPrivs") == "1");
    BOOST_TEST(status_of(worker, "CapEff") == "0000000000000000");
    if (::geteuid() == 0) {
        BOOST_TEST(status_of(worker, "Uid") == "65534");
        BOOST_TEST(status_of(worker, "Gid") == "65534");
        BOOST_TEST(text_of(worker / "environ").empty());
        const auto descriptors = std::filesystem::directory_iterator{worker / "fd"};
        BOOST_TEST(std::distance(begin(descriptors), end(descriptors)) == 3);
    }
    for (const auto& thread : std::filesystem::directory_iterator{worker / "task"})
        BOOST_TEST(status_of(thread.path(), "Seccomp") == "2");
}

// Goal: a worker that makes any system call it does not need is dead before the call does
// anything, and the pool goes on with another one.
BOOST_AUTO_TEST_CASE(forbidden_system_calls_kill)
{
    const auto names = forbidden_calls();
    BOOST_TEST(names.size() > 80);
    RunningPool pool{probes(1)};
    for (const auto& name : names) {
        const auto fault = pool.fault({.source = "call " + name});
        BOOST_TEST_CONTEXT(name)
        {
            BOOST_TEST((fault.kind == Fault::Kind::crashed));
            BOOST_TEST(fault.message == "it called the operating system, which a transform cannot");
        }
    }
    BOOST_TEST(pool.output({.source = "answer"}, payload("still here")).payload.value_or("")
               == "still here");
    BOOST_TEST(pool->state().started == names.size() + 1);
    BOOST_TEST(pool.losses.size() == names.size());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace katydid::transform::test
