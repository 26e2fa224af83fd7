#include "bench/measure/machine.hpp"

#include <boost/version.hpp>

#include <array>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include <openssl/crypto.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

namespace katydid::bench {

namespace {

std::string processor_name()
{
    std::ifstream file{"/proc/cpuinfo"};
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    return "unknown";
}

}  // namespace

boost::json::object describe_machine()
{
    utsname system{};
    uname(&system);
    struct sysinfo memory{};
    ::sysinfo(&memory);
    return {{"processor", processor_name()},
            {"cores", std::thread::hardware_concurrency()},
            {"memory_mb", memory.totalram * memory.mem_unit / (1024 * 1024)},
            {"kernel", std::string{system.sysname} + ' ' + system.release},
            {"compiler", __VERSION__},
            {"boost", BOOST_LIB_VERSION},
            {"openssl", OpenSSL_version(OPENSSL_VERSION)}};
}

MachineTimes machine_times()
{
    // "cpu user nice system idle iowait irq softirq steal …" in ticks (proc(5)).
    std::ifstream file{"/proc/stat"};
    std::string word;
    file >> word;
    std::array<unsigned long long, 8> ticks{};
    for (auto& field : ticks) file >> field;
    const auto per_second = static_cast<double>(sysconf(_SC_CLK_TCK));
    const auto time_of = [&](unsigned long long count) {
        return std::chrono::nanoseconds{
            static_cast<std::int64_t>(static_cast<double>(count) * 1e9 / per_second)};
    };
    return {time_of(ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]), time_of(ticks[7])};
}

}  // namespace katydid::bench
