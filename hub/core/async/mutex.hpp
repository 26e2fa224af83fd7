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

    /// Waits for its turn. A lock that was handed over is kept, even when the time ended or the
    /// caller was cancelled in the same turn of the loop. Cancellation: terminal; a caller that
    /// waits gives up its place and gets operation_aborted as an exception.
    awaitable<Lock> lock(SteadyTime until = SteadyTime::max());

private:
    std::shared_ptr<State> state_;
};

}  // namespace katydid
