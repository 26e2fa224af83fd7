// A program that a test starts, watches and ends.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace katydid::test {

using Variables = std::map<std::string, std::string>;

/// Starts a program with an environment of its own and its output in a file.
///
/// The child dies with the test, whatever ends the test. Thread safety: none.
class ChildProcess {
public:
    /// Throws std::system_error when it cannot be started.
    ChildProcess(const std::vector<std::string>& command, const Variables& environment,
                 const std::filesystem::path& log_file);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    void send(int signal) const;
    /// How it ended: the exit status, or minus the signal. nullopt: it still runs at the deadline.
    std::optional<int> wait(std::chrono::milliseconds at_most);

    [[nodiscard]] pid_t pid() const { return pid_; }
    /// Readable once the child has ended.
    [[nodiscard]] int end_descriptor() const { return pid_descriptor_; }
    /// The most memory it ever held, in KiB.
    [[nodiscard]] long peak_memory_kib() const;

private:
    pid_t pid_ = -1;
    int pid_descriptor_ = -1;
    std::optional<int> ended_;
};

/// Waits for files to appear in one folder. Make it before what writes them starts.
class FolderWatch {
public:
    explicit FolderWatch(const std::filesystem::path& folder);
    ~FolderWatch();
    FolderWatch(const FolderWatch&) = delete;
    FolderWatch& operator=(const FolderWatch&) = delete;

    /// Returns once the file was written and closed, or moved there. Throws std::runtime_error
    /// when the child ends first or the time is up.
    void wait_for(const std::string& name, const ChildProcess& child,
                  std::chrono::milliseconds at_most) const;

private:
    int descriptor_ = -1;
};

}  // namespace katydid::test
