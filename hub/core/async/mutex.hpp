// One coroutine after the other, without a lock of the system.
#pragma once

#include "hub/core/async/event.hpp"

#include <memory>

namespace katydid {

/// Lets one coroutine in at a time, in the order of arrival.
///
/// A handle as AsyncEvent: locks and coroutines that wait hold what they need, so it may go first.
/// Thread safety: none; every caller runs on the same loop.
class AsyncMutex {
    struct State;

public:
    /// Unlocks when it goes.
    class Lock {
    public:
        Lock(Lock&&) noexcept = default;
        Lock& operator=(Lock&&) = delete;
        ~Lock();
        /// False: it holds nothing, since the time was over first.
        explicit operator bool() const noexcept { return state_ != nullptr; }

    private:
        friend class AsyncMutex;
        explicit Lock(std::shared_ptr<State> state) : state_{std::move(state)} {}
        std::shared_ptr<State> state_;
    };

    AsyncMutex();

    /// Waits for its turn. Cancellation and times that end: as AsyncEvent::wait; a caller that
    /// stops waiting gives up its place, and a lock that was handed over first is kept.
    awaitable<Lock> lock(SteadyTime until = SteadyTime::max());

private:
    std::shared_ptr<State> state_;
};

}  // namespace katydid
