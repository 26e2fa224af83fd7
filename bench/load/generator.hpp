// Sends requests: as fast as answers come (closed loop), or at a constant rate (open loop).
#pragma once

#include "bench/load/ledger.hpp"
#include "bench/load/requests.hpp"
#include "bench/load/wire.hpp"
#include "bench/measure/histogram.hpp"

#include "hub/core/async/asio.hpp"

#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace katydid::bench {

using namespace std::chrono_literals;

struct LoadOptions {
    tcp::endpoint target;
    unsigned connections = 64;
    double per_second = 0;       ///< 0: closed loop
    nanoseconds duration = 10s;  ///< with the warm-up
    nanoseconds warm_up{0};      ///< what is intended earlier is sent and checked, not timed
    std::uint32_t count_max = std::numeric_limits<std::uint32_t>::max();
    std::uint32_t first_number = 0;
    bool resend = false;  ///< what failed or was refused goes again, with the same number
    std::uint64_t outstanding_max = 0;  ///< owed deliveries over which nothing is sent; 0: no bound
    nanoseconds drain = 10s;            ///< how long to wait for the last answers
};

struct LoadResult {
    Histogram latency;   ///< from the intended send time to the whole answer, 2xx only
    Histogram lateness;  ///< how late our own timer was: the generator's fault
    std::map<unsigned, std::uint64_t> statuses;
    std::uint64_t sent = 0;
    std::uint64_t answered = 0;
    std::uint64_t accepted = 0;           ///< answered with 2xx
    std::uint64_t accepted_measured = 0;  ///< of those, after the warm-up
    std::uint64_t failures = 0;           ///< connection lost or refused
    std::uint64_t unanswered = 0;         ///< still waiting when the drain ended
    std::uint64_t never_sent = 0;         ///< due, but every connection was busy until the end
    nanoseconds measured{0};              ///< wall time after the warm-up until the last answer
    nanoseconds own_cpu{0};  ///< of this thread, in that time (with the receiver's work)
    std::string bottleneck;  ///< not empty: the generator itself was the limit, and why

    [[nodiscard]] double per_second() const noexcept;
    /// Whether the generator itself was the limit, and why: its processor or its timer. Empty: no.
    [[nodiscard]] std::string find_bottleneck() const;
};

/// One run of load against one address.
///
/// Open loop without coordinated omission: event n is intended for start + n / rate, whatever the
/// target does. When every connection is busy it waits here, and its latency counts from the
/// intended time. A connection carries one request at a time.
///
/// Hot path: one copy of prepared bytes, one send, one receive, no parsing beyond the length.
///
/// Thread safety: none; lives on one loop. Must be destroyed after the loop's handlers are gone or
/// after run() has returned.
class Generator {
public:
    /// \param ledger  may be null; else it is told of every event
    Generator(asio::io_context& loop, const LoadOptions& options, const Requests& requests,
              Ledger* ledger);
    ~Generator();

    /// Runs to the end. Cancellation is not supported: use stop().
    awaitable<LoadResult> run();
    /// Sends nothing more; run() returns after the drain.
    void stop() noexcept { stopped_ = true; }

    /// Answers since the last call, for a progress display and the timeline.
    Histogram& second() noexcept { return second_; }
    [[nodiscard]] const LoadResult& so_far() const noexcept { return result_; }

private:
    class Connection;
    struct Work {
        std::uint32_t number = 0;
        SteadyTime intended{};
    };

    void pump(SteadyTime now);
    bool take(SteadyTime now, Work& work);
    void arm(SteadyTime at);
    void on_idle(const std::shared_ptr<Connection>& connection, SteadyTime now);
    void on_answer(const Work& work, unsigned status, SteadyTime now);
    void on_failure(const Work& work);
    void begin_measuring(SteadyTime now);
    awaitable<> wait_for_end();
    [[nodiscard]] SteadyTime intended(std::uint32_t number) const noexcept;

    asio::io_context& loop_;
    LoadOptions options_;
    const Requests& requests_;
    Ledger* ledger_;
    LoadResult result_;
    Histogram second_;
    std::vector<std::shared_ptr<Connection>> connections_;
    std::deque<Connection*> idle_;
    std::deque<Work> again_;
    std::uint32_t next_ = 0;
    std::uint32_t busy_ = 0;
    double interval_ns_ = 0;
    SteadyTime start_{};
    SteadyTime measured_from_{};
    SteadyTime end_{};
    SteadyTime last_answer_{};
    nanoseconds cpu_at_start_{0};
    std::int64_t unix_seconds_ = 0;
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>,
                               asio::io_context::executor_type>
        pace_;
    bool armed_ = false;
    bool stopped_ = false;
    bool measuring_ = false;
};

}  // namespace katydid::bench
