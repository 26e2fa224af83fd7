#include "bench/target/process.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace katydid::bench {

namespace {

std::vector<std::string>
merged_environment(const std::vector<std::pair<std::string, std::string>>& added)
{
    std::vector<std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view line{*entry};
        bool replaced = false;
        for (const auto& [name, value] : added)
            replaced = replaced
                       || (line.starts_with(name) && line.substr(name.size()).starts_with('='));
        if (!replaced) all.emplace_back(line);
    }
    for (const auto& [name, value] : added) all.push_back(name + '=' + value);
    return all;
}

/// The array of pointers that exec wants.
std::vector<char*> pointers_to(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    for (auto& text : texts) pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

}  // namespace

ServerProcess::ServerProcess(const Options& options)
{
    auto arguments = options.command;
    auto environment = merged_environment(options.environment);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, options.output_file.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    const int error = posix_spawn(&pid_, arguments.at(0).c_str(), &actions, nullptr,
                                  pointers_to(arguments).data(), pointers_to(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        pid_ = 0;
        throw std::runtime_error{"cannot start " + options.command.at(0) + ": "
                                 + std::strerror(error)};
    }
}

ServerProcess::~ServerProcess() { terminate(std::chrono::seconds{10}); }

bool ServerProcess::is_running()
{
    if (pid_ != 0 && waitpid(pid_, &status_, WNOHANG) == pid_) pid_ = 0;
    return pid_ != 0;
}

void ServerProcess::kill()
{
    if (!is_running()) return;
    ::kill(pid_, SIGKILL);
    waitpid(pid_, &status_, 0);
    pid_ = 0;
}

bool ServerProcess::terminate(std::chrono::milliseconds patience)
{
    if (!is_running()) return false;
    ::kill(pid_, SIGTERM);
    const auto give_up = std::chrono::steady_clock::now() + patience;
    while (is_running() && std::chrono::steady_clock::now() < give_up)
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    if (pid_ == 0) return WIFEXITED(status_) && WEXITSTATUS(status_) == 0;
    kill();
    return false;
}

}  // namespace katydid::bench
