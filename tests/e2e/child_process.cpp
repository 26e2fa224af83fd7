#include "tests/e2e/child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {  // glibc 2.36 forgot this inside
#include <sys/pidfd.h>
}

namespace katydid::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

[[noreturn]] void fail(const char* what)
{
    throw std::system_error{errno, std::generic_category(), what};
}

std::vector<char*> pointers(std::vector<std::string>& texts)
{
    std::vector<char*> result;
    for (auto& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

/// Runs in the child between fork and exec: system calls only.
[[noreturn]] void become(char* const* command, char* const* environment, int output, pid_t parent)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(126);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execve(command[0], command, environment);
    ::_exit(127);
}

int left_until(steady_clock::time_point end)
{
    const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now()).count();
    return static_cast<int>(std::max<long>(left, 0));
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& command, const Variables& environment,
                           const std::filesystem::path& log_file)
{
    auto arguments = command;
    std::vector<std::string> variables;
    for (const auto& [name, value] : environment) variables.push_back(name + '=' + value);
    const auto argument_pointers = pointers(arguments);
    const auto variable_pointers = pointers(variables);
    const int output = ::open(log_file.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    if (output < 0) fail("open the log");
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ == 0) become(argument_pointers.data(), variable_pointers.data(), output, parent);
    ::close(output);
    if (pid_ < 0) fail("fork");
    pid_descriptor_ = ::pidfd_open(pid_, 0);
    if (pid_descriptor_ < 0) fail("pidfd_open");
}

ChildProcess::~ChildProcess()
{
    if (!ended_) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(pid_descriptor_);
}

void ChildProcess::send(int signal) const
{
    if (!ended_) ::kill(pid_, signal);
}

std::optional<int> ChildProcess::wait(milliseconds at_most)
{
    if (ended_) return ended_;
    pollfd ready{pid_descriptor_, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(at_most.count())) != 1) return std::nullopt;
    int status = 0;
    ::waitpid(pid_, &status, 0);
    ended_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    return ended_;
}

long ChildProcess::peak_memory_kib() const
{
    std::ifstream status{"/proc/" + std::to_string(pid_) + "/status"};
    std::string word;
    while (status >> word) {
        long kib = 0;
        if (word == "VmHWM:" && status >> kib) return kib;
    }
    throw std::runtime_error{"the child's memory cannot be read"};
}

FolderWatch::FolderWatch(const std::filesystem::path& folder)
    : descriptor_{::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)}
{
    if (descriptor_ < 0) fail("inotify_init1");
    if (::inotify_add_watch(descriptor_, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO) < 0)
        fail("inotify_add_watch");
}

FolderWatch::~FolderWatch() { ::close(descriptor_); }

void FolderWatch::wait_for(const std::string& name, const ChildProcess& child,
                           milliseconds at_most) const
{
    const auto end = steady_clock::now() + at_most;
    std::array<pollfd, 2> ready{{{descriptor_, POLLIN, 0}, {child.end_descriptor(), POLLIN, 0}}};
    alignas(inotify_event) std::array<char, 4096> buffer{};
    while (::poll(ready.data(), ready.size(), left_until(end)) > 0) {
        const auto size = ::read(descriptor_, buffer.data(), buffer.size());
        for (ssize_t at = 0; at < size;) {
            inotify_event head{};
            std::memcpy(&head, buffer.data() + at, sizeof head);
            if (name == buffer.data() + at + sizeof head) return;
            at += static_cast<ssize_t>(sizeof head + head.len);
        }
        if (ready[1].revents != 0)
            throw std::runtime_error{"the program ended before it wrote " + name};
    }
    throw std::runtime_error{"the program did not write " + name + " in time"};
}

}  // namespace katydid::test
