#include "hub/transform/process.hpp"

#include "hub/transform/wire.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
extern "C" {  // which the header of glibc 2.36 forgets
#include <sys/pidfd.h>
}

namespace katydid::transform {
namespace {

/// Starts it with the socket as standard input, nothing else, and a process group of its own: a
/// Ctrl-C for the hub is not for its workers, which drain with it. Returns 0 or an error number.
int spawn(const std::string& program, int socket, pid_t& process)
{
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, socket, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigemptyset(&none);
    sigset_t all;
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
                                              | POSIX_SPAWN_SETPGROUP);
    std::string name = program;
    std::array<char*, 2> arguments{name.data(), nullptr};
    std::array<char*, 1> environment{nullptr};
    const int error = ::posix_spawn(&process, name.c_str(), &files, &attributes, arguments.data(),
                                    environment.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

/// Always allowed: it takes rights away. (posix_spawn refuses this policy.)
void make_idle(pid_t process)
{
    const sched_param parameters{};
    ::sched_setscheduler(process, SCHED_IDLE, &parameters);
}

}  // namespace

result<std::shared_ptr<Process>> Process::start(const asio::any_io_executor& executor,
                                                const std::filesystem::path& program,
                                                Priority priority)
{
    const auto failure = [&](int error) {
        return Error{errc::internal,
                     "cannot start " + program.string() + ": " + std::strerror(error)};
    };
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return failure(errno);
    asio::local::stream_protocol::socket socket{executor, asio::local::stream_protocol{}, ends[0]};
    pid_t process = 0;
    const int error = spawn(program.string(), ends[1], process);
    ::close(ends[1]);
    if (error != 0) return failure(error);
    if (priority == Priority::idle) make_idle(process);
    const int handle = ::pidfd_open(process, 0);
    if (handle < 0) {
        const int reason = errno;
        ::kill(process, SIGKILL);
        ::waitpid(process, nullptr, 0);
        return failure(reason);
    }
    return std::make_shared<Process>(std::move(socket),
                                     asio::posix::stream_descriptor{executor, handle});
}

Process::Process(asio::local::stream_protocol::socket socket, asio::posix::stream_descriptor handle)
    : socket_{std::move(socket)},
      handle_{std::move(handle)}
{}

Process::~Process()
{
    if (ending_) return;
    kill();
    reap(0);
}

void Process::kill() noexcept
{
    is_killed_ = true;
    if (!ending_) ::pidfd_send_signal(handle_.native_handle(), SIGKILL, nullptr, 0);
}

awaitable<bool> Process::write(const std::string& bytes)
{
    const auto buffer = asio::buffer(bytes);
    const auto [error, size] = co_await asio::async_write(socket_, buffer, use_tuple);
    static_cast<void>(size);
    co_return !error;
}

awaitable<std::optional<std::string>> Process::read_frame(std::size_t bytes_max)
{
    std::array<char, frame_head_bytes> head{};
    const auto head_buffer = asio::buffer(head);
    const auto [head_error, head_size] = co_await asio::async_read(socket_, head_buffer, use_tuple);
    static_cast<void>(head_size);
    const auto size = frame_size(head.data());
    if (head_error || size > bytes_max) co_return std::nullopt;
    std::string body(size, '\0');
    const auto buffer = asio::buffer(body);
    const auto [error, read] = co_await asio::async_read(socket_, buffer, use_tuple);
    static_cast<void>(read);
    if (error) co_return std::nullopt;
    co_return body;
}

awaitable<Process::Ending> Process::wait()
{
    while (!reap(WNOHANG)) {
        const auto [error] = co_await handle_.async_wait(asio::posix::stream_descriptor::wait_read,
                                                         use_tuple);
        static_cast<void>(error);
    }
    co_return *ending_;
}

bool Process::reap(int options) noexcept
{
    if (ending_) return true;
    siginfo_t info{};
    const int done = ::waitid(P_PIDFD, static_cast<id_t>(handle_.native_handle()), &info,
                              WEXITED | options);
    if (done == 0 && info.si_pid == 0) return false;
    // Where the embedding program ignores SIGCHLD there is nothing to be learnt.
    ending_ = Ending{.by_signal = done == 0 && info.si_code != CLD_EXITED,
                     .code = done == 0 ? info.si_status : 0,
                     .by_hub = is_killed_ && info.si_status == SIGKILL};
    return true;
}

}  // namespace katydid::transform
