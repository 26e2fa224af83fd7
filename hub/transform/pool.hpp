// The workers of one event loop, and who waits for them.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"
#include "hub/transform/fair_queue.hpp"
#include "hub/transform/process.hpp"
#include "hub/transform/watchdog.hpp"
#include "hub/transform/wire.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace katydid::transform {

/// Runs programs in worker processes: starts them, hands out work fairly by key, ends those that
/// do not answer, replaces those that end.
///
/// What is suspect (FairQueue) runs on a further worker and nowhere else: it starts with the first
/// suspect, has only the CPU time that nobody else wants, rests after each run, and ends when it
/// was idle for a while.
///
/// A program's own failure is a Fault: a value, which is final. An Error is the pool's: too much
/// is waiting (over_limit), the deadline passed (timed_out), the hub stops (shutting_down), the
/// program is not there (not_found), or a worker was killed from outside (internal): try again
/// later.
///
/// A worker that is running cannot be shared, so a deadline or a cancellation that comes then costs
/// the worker: it is killed and another one started.
///
/// Thread safety: none; everything runs on `executor`, and a hub has a pool a loop. Nothing blocks
/// it but the start of a process, a millisecond. Lifetime: stop() has ended before it dies.
class Pool {
public:
    struct Options {
        std::filesystem::path program;  ///< katydid-transform
        /// With two or more, one key never has all of them.
        std::size_t workers = 2;
        std::size_t waiting_max = 4096;  ///< and as many suspects
        std::size_t waiting_per_key_max = 256;
        /// A worker is replaced after so many calls, or so much CPU time.
        std::uint32_t calls_max = 100'000;
        std::chrono::seconds cpu_time_max{300};
        /// Tests cannot wait until a busy machine has time to spare.
        Process::Priority suspects_priority = Process::Priority::idle;
        /// After a suspect's run that was cut off, or cost the worker, their worker rests so many
        /// times as long as it took, after others as long. So endless loops have a small part of
        /// one core, also where the lowest priority means nothing.
        int suspects_rest = 19;
        std::chrono::milliseconds suspects_idle_max{60'000};  ///< then their worker ends
        std::chrono::milliseconds start_timeout{10'000};
        std::chrono::milliseconds start_pause{
            1'000};  ///< after one that did not start, or ended by itself
    };

    /// What a run came to, for metrics and logs. Called on the executor.
    struct Run {
        const std::string& key;
        const Outcome& outcome;
        std::chrono::microseconds cpu_time;
        std::chrono::microseconds waited;  ///< for a worker
    };
    struct Observer {
        Observer();  ///< one that is told and does nothing
        std::function<void(const Run&)> run;
        /// A worker ended that was not meant to, or does not start: a sentence for the log.
        std::function<void(const std::string& why)> worker_lost;
    };

    struct State {
        std::size_t workers_ready = 0;  ///< idle or busy
        std::size_t workers_busy = 0;
        std::size_t waiting = 0;
        std::uint64_t started = 0;   ///< workers, since the start
        std::uint64_t recycled = 0;  ///< replaced after calls_max or cpu_time_max
        std::uint64_t killed = 0;    ///< by the pool, since they did not answer in time
    };

    Pool(asio::any_io_executor executor, Options options, Observer observer = {});
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// The first call does it too: where nothing is transformed there are no workers.
    void start();
    /// Refuses new calls, lets go those that wait, kills the workers and waits for their end.
    /// May be called twice, and before start().
    awaitable<> stop();

    /// \param key  who shares fairly: "TENANT SUBSCRIPTION", or "TENANT" (FairQueue)
    /// Cancellation: terminal.
    awaitable<result<Outcome>> run(Program program, Input input, std::string key,
                                   Deadline deadline);
    /// The same, and how long it took.
    awaitable<result<Reply>> run_timed(Program program, Input input, std::string key,
                                       Deadline deadline);
    /// nullopt: it compiles.
    awaitable<result<std::optional<Fault>>> check(Program program, std::string key,
                                                  Deadline deadline);

    [[nodiscard]] State state() const;

private:
    class Turn;
    class Wait;
    using Kind = FairQueue<Turn*>::Kind;
    struct Worker {
        Kind kind = Kind::trusted;
        std::shared_ptr<Process> process{};
        bool ready = false;  ///< has greeted
        bool busy = false;
        std::uint32_t calls = 0;
        std::chrono::microseconds cpu_time{};
        std::unique_ptr<Watchdog> idle{};
    };

    awaitable<result<Reply>> call(Request request, std::string key, Deadline deadline);
    awaitable<result<Reply>> exchange(Turn& turn, const Request& request, Deadline deadline);
    void hand_out();
    void retire_if_used(Worker& worker);
    void watch_idle(Worker& worker);
    void let_rest(std::chrono::microseconds time);
    awaitable<> rest(std::chrono::microseconds time);
    awaitable<> keep(Worker& worker);
    awaitable<> until_needed(const Worker& worker);
    awaitable<bool> start_one(Worker& worker);
    awaitable<> pause();
    void lost(const std::string& why);
    [[nodiscard]] Error no_worker() const;
    void enter() noexcept { ++inside_; }
    void leave();

    asio::any_io_executor executor_;
    Options options_;
    Observer observer_;
    std::vector<std::unique_ptr<Worker>> workers_;
    FairQueue<Turn*> queue_;
    State totals_;
    std::string start_fault_;  ///< of the last start of a worker; empty: it is well
    bool started_ = false;
    bool stopping_ = false;
    asio::steady_timer suspect_waits_;  ///< ends with each that may run
    bool suspects_rest_ = false;
    std::size_t inside_ = 0;               ///< coroutines that stop() waits for
    std::set<asio::steady_timer*> waits_;  ///< that stop() ends
    asio::steady_timer all_left_;
};

}  // namespace katydid::transform
