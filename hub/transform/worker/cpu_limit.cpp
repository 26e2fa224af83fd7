#include "hub/transform/worker/cpu_limit.hpp"

#include "hub/transform/wire.hpp"

#include <atomic>
#include <csignal>
#include <ctime>

#include <sys/time.h>
#include <unistd.h>

namespace katydid::transform::worker {
namespace {

constexpr auto reminder = std::chrono::milliseconds{5};
constexpr int reminders_max = 20;

// What a signal handler may touch.
std::atomic<bool> is_armed{false};
std::atomic<int> expired{0};
std::atomic<void (*)()> interrupt_program{nullptr};

void on_signal(int)
{
    if (!is_armed) return;
    auto* const interrupt = interrupt_program.load();
    if (interrupt == nullptr || ++expired > reminders_max) ::_exit(exit_time);
    interrupt();
}

timeval to_timeval(std::chrono::microseconds time)
{
    return {.tv_sec = time.count() / 1'000'000, .tv_usec = time.count() % 1'000'000};
}

void set_timer(std::chrono::microseconds first, std::chrono::microseconds then)
{
    const itimerval timer{.it_interval = to_timeval(then), .it_value = to_timeval(first)};
    ::setitimer(ITIMER_PROF, &timer, nullptr);
}

}  // namespace

CpuLimit::CpuLimit(std::chrono::milliseconds limit, void (*interrupt)())
{
    static const bool installed = [] {
        struct sigaction action{};
        action.sa_handler = on_signal;
        action.sa_flags = SA_RESTART;
        return ::sigaction(SIGPROF, &action, nullptr) == 0;
    }();
    static_cast<void>(installed);
    expired = 0;
    interrupt_program = interrupt;
    is_armed = true;
    set_timer(limit, reminder);
}

CpuLimit::~CpuLimit()
{
    is_armed = false;
    set_timer({}, {});
    expired = 0;  // is_over() is asked between runs as well
}

bool CpuLimit::is_over() noexcept { return expired > 0; }

std::chrono::microseconds cpu_time() noexcept
{
    timespec time{};
    // The clock of the whole process stands still between two ticks while a timer watches it.
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::microseconds{time.tv_sec * 1'000'000 + time.tv_nsec / 1000};
}

Fault time_fault(std::chrono::milliseconds limit)
{
    return {.kind = Fault::Kind::time,
            .message = "it ran for more than " + std::to_string(limit.count()) + " ms"};
}

Fault memory_fault()
{
    return {.kind = Fault::Kind::memory,
            .message = "it needs more than " + std::to_string(heap_bytes_max / (1024 * 1024))
                       + " MiB of memory"};
}

}  // namespace katydid::transform::worker
