// Ends a process that takes too long.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/transform/process.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace katydid::transform {

/// Kills a process at a time, unless it was stopped before.
/// Thread safety: none.
class Watchdog {
public:
    Watchdog(const asio::any_io_executor& executor, std::shared_ptr<Process> process, SteadyTime at)
        : timer_{executor, at},
          state_{std::make_shared<State>(State::watching)}
    {
        timer_.async_wait([process = std::move(process), state = state_](const auto& error) {
            if (error || *state == State::stopped) return;
            *state = State::has_killed;
            process->kill();
        });
    }
    ~Watchdog() { stop(); }
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    [[nodiscard]] bool has_killed() const noexcept { return *state_ == State::has_killed; }
    /// The handler may already be on its way to run, where cancelling the timer changes nothing.
    void stop()
    {
        if (*state_ == State::watching) *state_ = State::stopped;
        timer_.cancel();
    }

private:
    enum class State : std::uint8_t { watching, stopped, has_killed };
    asio::steady_timer timer_;
    std::shared_ptr<State> state_;
};

}  // namespace katydid::transform
