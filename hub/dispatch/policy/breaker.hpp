// Stops sending to a receiver that is down, and finds out gently when it is back.
#pragma once

#include "hub/core/clock.hpp"

#include <array>
#include <cstdint>
#include <limits>

namespace katydid::dispatch {

/// The circuit breaker of one subscription, as a pure state machine:
///
///     closed ──(enough failures in the window)──▶ open ──(its time is over)──▶ probing, cap 1
///       ▲                                          ▲                               │
///       └──(cap reached cap_full)── ramping 2, 4 ◀─┼───────────(success)───────────┘
///                                        └────(failure: open for longer)
///
/// Open parks work and burns no attempts. Results of attempts that started in an earlier period
/// (a hung one that ends while the breaker probes) are ignored: pass the epoch of the start.
/// Thread safety: none; it belongs to its subscription's loop.
class Breaker {
public:
    enum class State : std::uint8_t { closed, open, probing, ramping };
    /// answers: its probe succeeded. recovered: the ramp is over.
    enum class Change : std::uint8_t { none, opened, answers, recovered };

    struct Options {
        milliseconds window{30'000};
        milliseconds open_min{30'000};  ///< first time, doubled with every failed probe
        milliseconds open_max{15 * 60'000};
        double jitter = 0.2;          ///< fraction of the open time, in [0, 1]
        std::uint32_t cap_full = 32;  ///< the ramp ends here
        bool enabled = true;
    };

    static constexpr std::uint32_t unlimited = std::numeric_limits<std::uint32_t>::max();

    Breaker() : Breaker{Options{}} {}
    explicit Breaker(const Options& options) : options_{options} {}

    /// Moves from open to probing when the time has come.
    void advance(SteadyTime now) noexcept;
    /// Attempts that may be in flight at the same time now: 0 while open.
    [[nodiscard]] std::uint32_t cap() const noexcept;
    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] SteadyTime open_until() const noexcept { return open_until_; }
    /// Stamp it on an attempt that starts.
    [[nodiscard]] std::uint32_t epoch() const noexcept { return epoch_; }

    /// The receiver is known to be back: an open one probes at once.
    void probe_now(SteadyTime now) noexcept;

    /// Records how an attempt ended.
    /// \param random  in [0, 1), for the jitter of the open time
    Change record(bool failure, std::uint32_t epoch, SteadyTime now, double random) noexcept;

    /// Closes and forgets, for a receiver that was replaced by another.
    void reset() noexcept;
    /// Opens at once, for what is known from before a restart.
    void restore(std::uint32_t openings, SteadyTime open_until) noexcept;
    /// How often it opened in a row; 0 once it recovered.
    [[nodiscard]] std::uint32_t openings() const noexcept { return openings_; }

private:
    static constexpr std::size_t slots = 6;
    struct Slot {
        std::int64_t number = -1;
        std::uint32_t results = 0;
        std::uint32_t failures = 0;
    };

    bool window_says_open(bool failure, SteadyTime now) noexcept;
    void open(SteadyTime now, double random) noexcept;

    Options options_;
    State state_ = State::closed;
    std::array<Slot, slots> window_{};
    std::uint32_t epoch_ = 0;
    std::uint32_t openings_ = 0;  ///< in a row, without a recovery between
    std::uint32_t ramp_cap_ = 1;
    std::uint32_t ramp_successes_ = 0;
    SteadyTime open_until_{};
};

}  // namespace katydid::dispatch
