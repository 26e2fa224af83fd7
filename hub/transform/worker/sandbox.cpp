#include "hub/transform/worker/sandbox.hpp"

#include "hub/transform/program.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>
#include <system_error>
#include <vector>

#include <grp.h>
#include <malloc.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace katydid::transform::worker {
namespace {

constexpr rlim_t memory_bytes_max = 2 * heap_bytes_max;  ///< heap, and what is allocated beside it
constexpr rlim_t cpu_seconds_max = 600;                  ///< the hub replaces workers long before
constexpr uid_t nobody = 65534;

void require(bool done, const char* what)
{
    if (!done) throw std::system_error{errno, std::generic_category(), what};
}

void limit(__rlimit_resource resource, rlim_t most)
{
    const rlimit both{.rlim_cur = most, .rlim_max = most};
    require(::setrlimit(resource, &both) == 0, "setrlimit");
}

rlim_t address_space_bytes()
{
    rlim_t pages = 0;
    std::ifstream{"/proc/self/statm"} >> pages;
    return pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

void leave_root()
{
    if (::geteuid() != 0) return;
    require(::setgroups(0, nullptr) == 0, "setgroups");
    require(::setresgid(nobody, nobody, nobody) == 0, "setresgid");
    require(::setresuid(nobody, nobody, nobody) == 0, "setresuid");
}

void allow_only_computing()
{
    const std::unique_ptr<void, void (*)(scmp_filter_ctx)> filter{
        ::seccomp_init(SCMP_ACT_KILL_PROCESS), ::seccomp_release};
    require(filter != nullptr, "seccomp_init");
    const auto allow = [&](int call, const std::vector<scmp_arg_cmp>& arguments = {}) {
        errno = -::seccomp_rule_add_array(filter.get(), SCMP_ACT_ALLOW, call,
                                          static_cast<unsigned>(arguments.size()),
                                          arguments.data());
        require(errno == 0, "seccomp_rule_add");
    };
    for (const int call :
         {SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(madvise), SCMP_SYS(futex),
          SCMP_SYS(sched_yield), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
          SCMP_SYS(setitimer), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getrusage),
          SCMP_SYS(getrandom), SCMP_SYS(exit), SCMP_SYS(exit_group)})
        allow(call);
    const scmp_arg_cmp the_socket{0, SCMP_CMP_EQ, STDIN_FILENO, 0};
    allow(SCMP_SYS(read), {the_socket});
    allow(SCMP_SYS(write), {the_socket});
    const scmp_arg_cmp not_executable{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
    const scmp_arg_cmp no_file{3, SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS};
    allow(SCMP_SYS(mprotect), {not_executable});
    allow(SCMP_SYS(mmap), {not_executable, no_file});
    allow(SCMP_SYS(mremap));
    // For all threads: the engine has some that collect garbage.
    errno = -::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
    require(errno == 0, "seccomp_attr_set");
    errno = -::seccomp_load(filter.get());
    require(errno == 0, "seccomp_load");
}

}  // namespace

void leave_surroundings()
{
    ::clearenv();
    ::setenv("TZ", "UTC0", 1);
    ::tzset();
    // The hub drains after these, and its workers with it: they end when it closes the socket.
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::signal(signal, SIG_IGN);
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    // An arena a thread would take 64 MiB of addresses, of which there is an end.
    ::mallopt(M_ARENA_MAX, 1);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_CPU, cpu_seconds_max);
}

void close_sandbox()
{
    // The engine looks at these first, with calls that are about to be forbidden.
    for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT})
        ::signal(signal, SIG_DFL);
    leave_root();
    require(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "prctl");
    require(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "prctl");
    limit(RLIMIT_AS, address_space_bytes() + memory_bytes_max);
    limit(RLIMIT_NOFILE, 0);
    allow_only_computing();
}

}  // namespace katydid::transform::worker
