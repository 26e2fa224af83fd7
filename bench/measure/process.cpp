#include "bench/measure/process.hpp"

#include <ctime>
#include <fstream>
#include <string>

#include <unistd.h>

namespace katydid::bench {

namespace {

std::string path_of(pid_t pid, const char* file)
{
    return "/proc/" + std::to_string(pid) + "/" + file;
}

std::chrono::nanoseconds cpu_of(pid_t pid)
{
    std::ifstream file{path_of(pid, "stat")};
    std::string line;
    std::getline(file, line);
    // The command's name is in parentheses and may hold blanks, so count from the last ')':
    // utime and stime are the 12th and 13th fields after it (proc(5)).
    const auto end_of_name = line.rfind(')');
    if (end_of_name == std::string::npos) return {};
    const char* at = line.c_str() + end_of_name + 1;
    unsigned long long ticks = 0;
    for (int field = 1; field <= 13 && *at != '\0'; ++field) {
        while (*at == ' ') ++at;
        if (field >= 12) ticks += std::stoull(at);
        while (*at != ' ' && *at != '\0') ++at;
    }
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

std::chrono::nanoseconds own_thread_cpu() noexcept { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

std::chrono::nanoseconds own_process_cpu() noexcept { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace katydid::bench
