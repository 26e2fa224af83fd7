// A worker that does what the source of a program says, inside of the real sandbox.
//
//   "answer"            an output whose payload is the input's
//   "call NAME"         the system call of that name (see calls), then an output
//   "die", "exit"       a bad address; exit code 3
//   "hang"              waits for ever
//   "stop reading"      leaves the rest of the request unread and waits
//   "nonsense"          a frame that is no reply
//   "endless frame"     the head of a frame of four gigabytes
//   "much"              a reply that is larger than any may be
#include "hub/transform/wire.hpp"
#include "hub/transform/worker/sandbox.hpp"

#include <array>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using namespace katydid::transform;

alignas(4096) std::array<char, 4096> page{};

long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0)
{
    return ::syscall(number, a, b, c, d, e, f);
}

long address(const void* pointer) { return reinterpret_cast<long>(pointer); }

using Calls = std::map<std::string, std::function<void()>>;
const Calls calls{
#define PLAIN(NAME) {#NAME, [] { call(SYS_##NAME); }}
    PLAIN(accept4),
    PLAIN(access),
    PLAIN(add_key),
    PLAIN(bind),
    PLAIN(bpf),
    PLAIN(chdir),
    PLAIN(chmod),
    PLAIN(chroot),
    PLAIN(clock_nanosleep),
    PLAIN(clock_settime),
    PLAIN(clone),
    PLAIN(clone3),
    PLAIN(connect),
    PLAIN(dup),
    PLAIN(epoll_create1),
    PLAIN(eventfd2),
    PLAIN(execve),
    PLAIN(execveat),
    PLAIN(fcntl),
    PLAIN(fork),
    PLAIN(getcwd),
    PLAIN(getdents64),
    PLAIN(getpid),
    PLAIN(getuid),
    PLAIN(init_module),
    PLAIN(inotify_init1),
    PLAIN(io_setup),
    PLAIN(io_uring_setup),
    PLAIN(ioctl),
    PLAIN(keyctl),
    PLAIN(kill),
    PLAIN(link),
    PLAIN(listen),
    PLAIN(lseek),
    PLAIN(memfd_create),
    PLAIN(mkdir),
    PLAIN(mknod),
    PLAIN(mount),
    PLAIN(msgget),
    PLAIN(nanosleep),
    PLAIN(newfstatat),
    PLAIN(open),
    PLAIN(openat),
    PLAIN(openat2),
    PLAIN(perf_event_open),
    PLAIN(personality),
    PLAIN(pidfd_open),
    PLAIN(pipe2),
    PLAIN(poll),
    PLAIN(prctl),
    PLAIN(pread64),
    PLAIN(prlimit64),
    PLAIN(process_vm_readv),
    PLAIN(ptrace),
    PLAIN(readlink),
    PLAIN(readv),
    PLAIN(recvfrom),
    PLAIN(recvmsg),
    PLAIN(rename),
    PLAIN(rt_sigaction),
    PLAIN(seccomp),
    PLAIN(sendmsg),
    PLAIN(sendto),
    PLAIN(setns),
    PLAIN(setresuid),
    PLAIN(setrlimit),
    PLAIN(shmget),
    PLAIN(shutdown),
    PLAIN(socketpair),
    PLAIN(stat),
    PLAIN(symlink),
    PLAIN(tgkill),
    PLAIN(timer_create),
    PLAIN(timerfd_create),
    PLAIN(truncate),
    PLAIN(umount2),
    PLAIN(uname),
    PLAIN(unlink),
    PLAIN(unshare),
    PLAIN(userfaultfd),
    PLAIN(vfork),
    PLAIN(wait4),
    PLAIN(writev),
#undef PLAIN
    {"open of a file", [] { call(SYS_openat, AT_FDCWD, address("/proc/self/mem"), O_RDONLY); }},
    {"socket", [] { call(SYS_socket, AF_INET, SOCK_STREAM); }},
    {"read of another descriptor", [] { call(SYS_read, STDOUT_FILENO, address(&page), 1); }},
    {"write to another descriptor", [] { call(SYS_write, STDERR_FILENO, address(&page), 1); }},
    {"executable memory",
     [] { call(SYS_mmap, 0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1); }},
    {"memory made executable",
     [] { call(SYS_mprotect, address(&page), 4096, PROT_READ | PROT_EXEC); }},
    {"memory of a file", [] { call(SYS_mmap, 0, 4096, PROT_READ, MAP_PRIVATE, STDIN_FILENO); }},
#ifdef __x86_64__
    {"a call of 32 bits", [] { asm volatile("int $0x80"
                                            :
                                            : "a"(20)
                                            : "memory"); }},
#endif
};

void read_all(char* to, std::size_t bytes)
{
    while (bytes > 0) {
        const auto count = ::read(STDIN_FILENO, to, bytes);
        if (count <= 0) ::_exit(0);
        to += count;
        bytes -= static_cast<std::size_t>(count);
    }
}

void write_all(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto count = ::write(STDIN_FILENO, bytes.data(), bytes.size());
        if (count <= 0) ::_exit(0);
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

[[noreturn]] void wait_for_ever()
{
    int word = 0;
    while (true) call(SYS_futex, address(&word), FUTEX_WAIT_PRIVATE, 0);
}

void obey(const Request& request)
{
    const auto& order = request.program.source;
    if (order == "hang") wait_for_ever();
    if (order == "exit") ::_exit(3);
    if (order == "die") *static_cast<volatile int*>(nullptr) = 1;
    if (order == "nonsense") return write_all(frame("no reply"));
    if (order == "endless frame") return write_all("\xff\xff\xff\xff");
    if (order == "much") return write_all(frame(std::string(reply_bytes_max + 1, 'x')));
    if (order.starts_with("call ")) calls.at(order.substr(5))();
    write_all(frame(encode(Reply{.outcome = Output{.payload = request.input.payload}})));
}

}  // namespace

int main(int count, char** arguments)
{
    if (count == 2 && std::strcmp(arguments[1], "list") == 0) {
        for (const auto& [name, function] : calls) {
            static_cast<void>(function);
            std::puts(name.c_str());
        }
        return 0;
    }
    worker::leave_surroundings();
    worker::close_sandbox();
    write_all(frame(greeting));
    while (true) {
        std::array<char, frame_head_bytes> head{};
        read_all(head.data(), head.size());
        // A source that is cut off: the request is of no interest then.
        constexpr std::size_t unread_from = 1024 * 1024;
        const auto size = frame_size(head.data());
        if (size > unread_from) wait_for_ever();
        std::string body(size, '\0');
        read_all(body.data(), body.size());
        if (const auto request = decode_request(body)) obey(*request);
    }
}
