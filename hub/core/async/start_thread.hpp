// Threads, and what is said where the system has none left.
#pragma once

#include "hub/core/error.hpp"

#include <system_error>
#include <thread>
#include <utility>

namespace katydid {

/// Starts a thread. Throws Failure (internal), with what to do about it, where it cannot start.
template <class Work>
[[nodiscard]] std::thread start_thread(Work work)
{
    try {
        return std::thread{std::move(work)};
    } catch (const std::system_error& error) {
        throw Failure{
            Error{errc::internal, "A thread cannot be started: " + error.code().message()
                                      + ". Allow the hub more threads: ulimit -u, TasksMax of its "
                                        "systemd unit, or the pids limit of its container."}};
    }
}

}  // namespace katydid
