#include "bench/measure/machine.hpp"
#include "bench/measure/process.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstring>
#include <memory>

#include <sys/wait.h>
#include <unistd.h>

using namespace katydid::bench;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t megabyte = 1024 * 1024;

/// A child of this process that has used processor time and memory, and waits to be let go.
class BusyChild {
public:
    BusyChild()
    {
        int done[2];
        BOOST_REQUIRE(pipe(done) == 0);
        BOOST_REQUIRE(pipe(hold_) == 0);
        pid_ = fork();
        if (pid_ == 0) work(done[1]);
        close(done[1]);
        char byte = 0;
        BOOST_REQUIRE(read(done[0], &byte, 1) == 1);
        close(done[0]);
    }
    ~BusyChild()
    {
        close(hold_[1]);
        waitpid(pid_, nullptr, 0);
        close(hold_[0]);
    }
    BusyChild(const BusyChild&) = delete;
    BusyChild& operator=(const BusyChild&) = delete;
    [[nodiscard]] pid_t pid() const { return pid_; }

    static constexpr auto cpu = 100ms;
    static constexpr std::size_t held_bytes = 32 * megabyte;

private:
    [[noreturn]] void work(int done)
    {
        close(hold_[1]);
        const auto held = std::make_unique<char[]>(held_bytes);
        std::memset(held.get(), 1, held_bytes);
        {
            const auto dropped = std::make_unique<char[]>(held_bytes);
            std::memset(dropped.get(), 1, held_bytes);
        }
        while (own_thread_cpu() < cpu) {}
        char byte = 0;
        if (write(done, &byte, 1) != 1) _exit(1);
        [[maybe_unused]] const auto ended = read(hold_[0], &byte, 1);
        _exit(held[megabyte]);
    }

    pid_t pid_ = 0;
    int hold_[2] = {};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(bench_process)

// Goal: another process's CPU time, memory and peak memory are told by its pid alone.
BOOST_AUTO_TEST_CASE(usage_by_pid)
{
    const BusyChild child;
    const auto usage = usage_of(child.pid());
    BOOST_TEST((usage.cpu >= BusyChild::cpu - 20ms));  // the kernel counts in ticks of 10 ms
    BOOST_TEST((usage.cpu < 60s));
    BOOST_TEST(usage.rss_bytes > BusyChild::held_bytes);
    BOOST_TEST(usage.rss_peak_bytes > 2 * BusyChild::held_bytes);
}

// Goal: a server is counted with its databases, each with what it started, and no process twice.
BOOST_AUTO_TEST_CASE(usage_of_several)
{
    const BusyChild first;
    const BusyChild second;
    const auto usage = usage_of_trees({first.pid(), second.pid(), first.pid()});
    BOOST_TEST((usage.cpu >= 2 * (BusyChild::cpu - 20ms)));
    BOOST_TEST(usage.rss_bytes > 2 * BusyChild::held_bytes);
    BOOST_TEST((usage.cpu < usage_of_trees({first.pid(), second.pid()}).cpu + BusyChild::cpu / 2));
    const auto with_children = usage_of_trees({getpid()});
    BOOST_TEST((with_children.cpu >= usage.cpu));
    BOOST_TEST(with_children.rss_bytes > 2 * BusyChild::held_bytes);
}

// Goal: a process that is not there has used nothing, and asking is no error.
BOOST_AUTO_TEST_CASE(nobody)
{
    for (const pid_t pid : {0, -1, 999'999'999}) {
        const auto usage = usage_of(pid);
        BOOST_TEST(usage.cpu.count() == 0, pid);
        BOOST_TEST(usage.rss_peak_bytes == 0U, pid);
    }
}

// Goal: what a number depends on stands beside it: processor, cores, kernel, versions.
BOOST_AUTO_TEST_CASE(machine_is_described)
{
    const auto machine = describe_machine();
    for (const auto* name : {"processor", "kernel", "compiler", "boost", "openssl"})
        BOOST_TEST(!machine.at(name).as_string().empty(), name);
    BOOST_TEST(machine.at("cores").to_number<int>() > 0);
    BOOST_TEST(machine.at("memory_mb").to_number<int>() > 0);
}

BOOST_AUTO_TEST_SUITE_END()
