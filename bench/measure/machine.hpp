// What the machine is, and what else it did meanwhile.
#pragma once

#include <boost/json/object.hpp>

#include <chrono>

namespace katydid::bench {

/// Processor, cores, memory, kernel, compiler and library versions: what a number depends on.
boost::json::object describe_machine();

/// Since boot, over all cores: a number measured while these were taken by others is no number.
struct MachineTimes {
    std::chrono::nanoseconds busy{0};    ///< of all processes and the kernel
    std::chrono::nanoseconds stolen{0};  ///< a hypervisor gave it to other machines
};
[[nodiscard]] MachineTimes machine_times();

}  // namespace katydid::bench
