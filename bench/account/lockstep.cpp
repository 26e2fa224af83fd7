// A library to preload into a hub that runs below callgrind: what the hub does for an event then no
// longer depends on how its threads happen to be scheduled.
//
// A group commit takes what waits when the store's thread comes round, so its size is a matter of
// timing, and so is the cost of an event. Here event loops start when the client has sent all of
// its round, a thread that was woken up goes on when the loops have handled all of it, and the
// client begins its next round when those threads are at rest: a round is one commit. Nothing of
// the hub is changed; its waits (epoll, condition variables) take longer, its timers never fire,
// and its seeds are the same in every run.
//
// The client is at the other end of the shared memory in the file LOCKSTEP_FILE.
#include <valgrind/callgrind.h>

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

constexpr useconds_t look_interval = 200;  // microseconds
/// How often a timer fires in a run is a matter of the machine's speed: so it does not.
constexpr time_t timer_delay = 3600;  // seconds

struct Shared {
    std::atomic<unsigned char> is_held;  ///< the client is sending
    /// The client counts it up; each thread then has callgrind write what it cost since the last
    /// mark, and begins anew.
    std::atomic<unsigned char> mark;
    std::atomic<unsigned char> awake;  ///< threads that were woken up and do not rest yet
};

/// What an event loop waits with.
struct Poller {
    std::atomic<int> descriptor{-1};
    std::atomic<bool> is_waiting{false};
};
std::array<Poller, 16> pollers;

[[noreturn]] void give_up(const char* what)
{
    std::fprintf(stderr, "lockstep: cannot go on: %s\n", what);
    std::abort();
}

Shared& shared()
{
    static auto* const memory = []() -> Shared* {
        const char* path = std::getenv("LOCKSTEP_FILE");
        const int file = path != nullptr ? ::open(path, O_RDWR | O_CLOEXEC) : -1;
        void* at = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (at == MAP_FAILED) give_up("LOCKSTEP_FILE is no file that can be written");
        ::close(file);
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nobody could go on with a hub whose client has gone
        return static_cast<Shared*>(at);
    }();
    return *memory;
}

/// The function of that name in the library below; with a version where glibc has several.
template <class Function>
Function next(const char* name, const char* version = nullptr)
{
    void* found = version != nullptr ? ::dlvsym(RTLD_NEXT, name, version)
                                     : ::dlsym(RTLD_NEXT, name);
    if (found == nullptr) give_up(name);
    return reinterpret_cast<Function>(found);
}

Poller& poller_of(int descriptor)
{
    for (auto& poller : pollers) {
        int none = -1;
        if (poller.descriptor == descriptor) return poller;
        if (poller.descriptor.compare_exchange_strong(none, descriptor)) return poller;
    }
    give_up("there are too many event loops");
}

bool are_loops_idle()
{
    for (const auto& poller : pollers) {
        if (poller.descriptor < 0) continue;
        pollfd ready{poller.descriptor, POLLIN, 0};
        if (!poller.is_waiting || ::poll(&ready, 1, 0) > 0) return false;
    }
    return true;
}

void wait_while_held()
{
    while (shared().is_held != 0) ::usleep(look_interval);
}

/// Callgrind writes the costs of the thread that asks, and of no other.
void write_costs_at_mark()
{
    thread_local unsigned char seen = 0;
    const unsigned char mark = shared().mark;
    if (mark == seen) return;
    seen = mark;
    const auto label = std::to_string(mark);
    CALLGRIND_DUMP_STATS_AT(label.c_str());
}

/// This thread rests in its wait, or was woken up.
void set_awake(bool is_awake)
{
    thread_local bool was_awake = false;  // what it does before its first wait is its start
    if (was_awake == is_awake) return;
    was_awake = is_awake;
    if (is_awake) ++shared().awake;
    else --shared().awake;
}

/// Waits by `wait`, then until it is this thread's turn, without its mutex.
template <class Wait>
int rest(pthread_mutex_t* mutex, Wait wait)
{
    set_awake(false);
    const int code = wait();
    set_awake(true);
    pthread_mutex_unlock(mutex);
    do wait_while_held();
    while (!are_loops_idle() && ::usleep(look_interval) == 0);
    write_costs_at_mark();
    pthread_mutex_lock(mutex);
    return code;
}

timespec later(const timespec& until) { return {until.tv_sec + timer_delay, until.tv_nsec}; }

}  // namespace

/// std::random_device, whose numbers are the hub's seeds.
unsigned count_seeds(void*) asm("_ZNSt13random_device9_M_getvalEv");
unsigned count_seeds(void*)
{
    static std::atomic<unsigned> last{0};
    return ++last * 0x9e3779b9U;
}

extern "C" {

int pthread_cond_wait(pthread_cond_t* condition, pthread_mutex_t* mutex)
{
    static const auto below = next<int (*)(pthread_cond_t*, pthread_mutex_t*)>("pthread_cond_wait",
                                                                               "GLIBC_2.3.2");
    return rest(mutex, [&] { return below(condition, mutex); });
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* until)
{
    static const auto below = next<int (*)(pthread_cond_t*, pthread_mutex_t*, const timespec*)>(
        "pthread_cond_timedwait", "GLIBC_2.3.2");
    const auto end = later(*until);
    return rest(mutex, [&] { return below(condition, mutex, &end); });
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* until)
{
    static const auto below
        = next<int (*)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*)>(
            "pthread_cond_clockwait");
    const auto end = later(*until);
    return rest(mutex, [&] { return below(condition, mutex, clock, &end); });
}

int epoll_wait(int descriptor, epoll_event* events, int events_max, int timeout)
{
    static const auto below = next<int (*)(int, epoll_event*, int, int)>("epoll_wait");
    if (timeout == 0) return below(descriptor, events, events_max, 0);
    auto& poller = poller_of(descriptor);
    poller.is_waiting = true;
    set_awake(false);
    pollfd ready{descriptor, POLLIN, 0};
    const int code = ::poll(&ready, 1, timeout);
    set_awake(true);
    wait_while_held();
    poller.is_waiting = false;
    write_costs_at_mark();
    return code < 0 ? code : below(descriptor, events, events_max, 0);
}

int timerfd_settime(int descriptor, int flags, const itimerspec* wanted, itimerspec* before)
{
    static const auto below = next<int (*)(int, int, const itimerspec*, itimerspec*)>(
        "timerfd_settime");
    auto end = *wanted;
    if ((flags & TFD_TIMER_ABSTIME) == 0) end.it_value = later(end.it_value);
    return below(descriptor, flags, &end, before);
}
}
