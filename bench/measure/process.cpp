#include "bench/measure/process.hpp"

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include <unistd.h>

namespace katydid::bench {

namespace {

std::string path_of(pid_t pid, const char* file)
{
    return "/proc/" + std::to_string(pid) + "/" + file;
}

/// What follows the command's name in /proc/pid/stat (proc(5)): state, parent, … The name is in
/// parentheses and may hold blanks and parentheses. Empty: there is no such process.
std::vector<std::string> stat_of(pid_t pid)
{
    std::ifstream file{path_of(pid, "stat")};
    std::string line;
    std::getline(file, line);
    const auto end_of_name = line.rfind(')');
    if (end_of_name == std::string::npos) return {};
    std::istringstream rest{line.substr(end_of_name + 1)};
    return {std::istream_iterator<std::string>{rest}, {}};
}

std::chrono::nanoseconds cpu_of(pid_t pid)
{
    constexpr std::size_t user = 11;
    constexpr std::size_t system = 12;
    const auto fields = stat_of(pid);
    if (fields.size() <= system) return {};
    const auto ticks = std::stoull(fields[user]) + std::stoull(fields[system]);
    const auto per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
    return std::chrono::nanoseconds{
        static_cast<std::int64_t>(static_cast<double>(ticks) * 1e9 / per_second)};
}

/// The number behind "Name:" in a file of lines "Name:   123 kB", 0 when it is not there.
std::uint64_t number_after(const std::string& path, const std::string& name)
{
    std::ifstream file{path};
    for (std::string line; std::getline(file, line);)
        if (line.starts_with(name)) return std::stoull(line.substr(name.size()));
    return 0;
}

/// With all that descend from them.
std::set<pid_t> trees_of(const std::vector<pid_t>& roots)
{
    std::multimap<pid_t, pid_t> children;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
        const auto pid = static_cast<pid_t>(std::atoi(entry.path().filename().c_str()));
        const auto fields = pid > 0 ? stat_of(pid) : std::vector<std::string>{};
        if (fields.size() > 1) children.emplace(std::stoi(fields[1]), pid);
    }
    std::set<pid_t> found;
    auto waiting = roots;
    while (!waiting.empty()) {
        const auto pid = waiting.back();
        waiting.pop_back();
        if (!found.insert(pid).second) continue;
        const auto [first, last] = children.equal_range(pid);
        for (auto each = first; each != last; ++each) waiting.push_back(each->second);
    }
    return found;
}

std::chrono::nanoseconds read_clock(clockid_t clock) noexcept
{
    timespec time{};
    clock_gettime(clock, &time);
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

}  // namespace

ProcessUsage usage_of(pid_t pid)
{
    ProcessUsage usage;
    if (pid <= 0) return usage;
    usage.cpu = cpu_of(pid);
    usage.rss_bytes = number_after(path_of(pid, "status"), "VmRSS:") * 1024;
    usage.rss_peak_bytes = number_after(path_of(pid, "status"), "VmHWM:") * 1024;
    usage.written_bytes = number_after(path_of(pid, "io"), "write_bytes:");
    return usage;
}

ProcessUsage usage_of_trees(const std::vector<pid_t>& roots)
{
    ProcessUsage sum;
    for (const auto pid : trees_of(roots)) {
        const auto usage = usage_of(pid);
        sum.cpu += usage.cpu;
        sum.rss_bytes += number_after(path_of(pid, "smaps_rollup"), "Pss:") * 1024;
        sum.written_bytes += usage.written_bytes;
    }
    sum.rss_peak_bytes = sum.rss_bytes;
    return sum;
}

std::chrono::nanoseconds own_thread_cpu() noexcept { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

std::chrono::nanoseconds own_process_cpu() noexcept { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace katydid::bench
