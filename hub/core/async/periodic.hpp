// Work that is done again and again.
#pragma once

#include "hub/core/async/event.hpp"

#include <functional>
#include <utility>

namespace katydid {

/// Runs a body, rests for an interval, and so on until it is stopped.
///
/// Lifetime: it outlives run(), and so does what the body refers to. Thread safety: none; one loop.
class Periodic {
public:
    using Body = std::function<awaitable<void>()>;

    Periodic(SteadyTime::duration interval, Body body) : interval_{interval}, body_{std::move(body)}
    {}

    /// Returns when it is stopped and the body ended; at once when it was stopped before. Throws
    /// what the body throws. Cancellation: terminal.
    awaitable<void> run()
    {
        while (!stopped_.is_set()) {
            co_await body_();
            co_await rest(interval_);
        }
    }

    /// May be called twice, and before run(). Ends a rest, not a body.
    void stop() { stopped_.set(); }
    [[nodiscard]] bool is_stopped() const noexcept { return stopped_.is_set(); }

    /// A rest within the body. stop() ends it, and after stop() it takes no time.
    awaitable<void> rest(SteadyTime::duration time)
    {
        co_await stopped_.wait(SteadyTime::clock::now() + time);
    }

private:
    const SteadyTime::duration interval_;
    const Body body_;
    AsyncEvent stopped_;
};

}  // namespace katydid
