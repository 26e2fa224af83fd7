// A server that the bench starts, kills and starts again.
#pragma once

#include "bench/measure/process.hpp"

#include <string>
#include <utility>
#include <vector>

namespace katydid::bench {

/// A child process. Its output goes to a file. It is ended when this object
/// goes: asked first, so that a profiler around it can write its file, then killed.
///
/// Thread safety: none.
class ServerProcess {
public:
    struct Options {
        std::vector<std::string> command;  ///< the program's path and its arguments
        std::vector<std::pair<std::string, std::string>> environment;  ///< added to our own
        std::string output_file;  ///< standard output and error, appended
    };

    /// Throws std::runtime_error when it cannot be started.
    explicit ServerProcess(const Options& options);
    ~ServerProcess();
    ServerProcess(const ServerProcess&) = delete;
    ServerProcess& operator=(const ServerProcess&) = delete;

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    [[nodiscard]] bool is_running();
    /// SIGKILL, and waits until it is gone: a crash.
    void kill();
    /// SIGTERM. \returns whether it ended with status 0 within the time; else it is killed
    bool terminate(std::chrono::milliseconds patience);

private:
    pid_t pid_ = 0;  ///< 0: gone
    int status_ = 0;
};

}  // namespace katydid::bench
