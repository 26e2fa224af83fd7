// What coroutines of one loop wait for.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/clock.hpp"

#include <memory>

namespace katydid {

/// A condition that any number of coroutines wait for.
///
/// It is a handle: copies share one event, and coroutines that wait hold it too, so it may go at
/// any time. Thread safety: none; one loop. From elsewhere, post the call to that loop.
class AsyncEvent {
public:
    AsyncEvent();

    /// Wakes all who wait. It stays set until reset(); both may be called twice.
    void set() const;
    void reset() const noexcept;
    [[nodiscard]] bool is_set() const noexcept;

    /// Waits until it is set. False: the time was over first.
    ///
    /// Cancellation: terminal; the wait throws operation_aborted. A waiter that was woken gets
    /// true, even when its time ended, it was cancelled, or the event was reset in the same turn of
    /// the loop: then the caller's next co_await throws.
    awaitable<bool> wait(SteadyTime until = SteadyTime::max()) const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace katydid
