// Many deadlines, one timer.
#pragma once

#include "hub/core/clock.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>

namespace katydid::http {

class Watch;

/// Watches over deadlines that are moved far more often than they are missed.
///
/// Moving a deadline is a store: the one timer is armed for the earliest deadline known and, when
/// it fires, looks who is late and where the next earliest lies. A deadline is noticed at most
/// `resolution` late.
/// Thread safety: none; all calls on the executor's thread. Outlives its watches.
class Watchdog {
public:
    static constexpr milliseconds resolution{10};

    explicit Watchdog(boost::asio::any_io_executor executor);
    ~Watchdog();
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;

    /// Cancels the timer if no watch needs it, so that it keeps no loop alive.
    void trim();

private:
    friend class Watch;
    struct State;
    std::shared_ptr<State> state_;
};

/// One deadline. Calls `on_expire` once when it passes, on the watchdog's loop; the call may
/// destroy this watch or others.
class Watch {
public:
    Watch(Watchdog& dog, std::function<void()> on_expire);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    void set(SteadyTime at);
    /// No deadline. Keeps expired().
    void clear() noexcept { at_ = SteadyTime::max(); }
    /// Whether the deadline set last has passed and was acted upon.
    [[nodiscard]] bool expired() const noexcept { return expired_; }

private:
    friend class Watchdog;
    friend struct Watchdog::State;

    Watchdog::State& state_;
    std::function<void()> on_expire_;
    SteadyTime at_ = SteadyTime::max();
    bool expired_ = false;
    Watch* previous_ = nullptr;
    Watch* next_ = nullptr;
};

}  // namespace katydid::http
