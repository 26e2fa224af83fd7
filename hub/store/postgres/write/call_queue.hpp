// The calls that wait for one coroutine of the store's thread.
#pragma once

#include "hub/core/async/event.hpp"
#include "hub/store/postgres/write/calls.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <mutex>

namespace katydid::store::postgres {

struct QueueBounds {
    std::size_t count_max;
    std::size_t batch_max;
    std::size_t batch_bytes_max;
};

/// Thread safety: `push`, `close` from any thread; the rest on the store's thread.
class CallQueue {
public:
    CallQueue(asio::io_context& loop, QueueBounds bounds);

    /// Takes the call, or answers it with why not: closing, `refusal`, or full.
    void push(Call call, const std::optional<Error>& refusal);
    /// Refuses everything from now on; what is in it is still to be carried out.
    void close();
    [[nodiscard]] bool is_closed() const;

    /// Up to a batch of what waits; empty when nothing does.
    Calls take();
    /// Ends when something was pushed, the queue was closed, `wake` was called or time is over.
    awaitable<void> wait(milliseconds limit);
    void wake() { woken_.set(); }

private:
    std::optional<Error> full(const Call& call) const;

    asio::io_context& loop_;
    const QueueBounds bounds_;
    mutable std::mutex mutex_;
    std::deque<Call> calls_;
    std::size_t bytes_ = 0;
    bool asleep_ = false;
    bool closed_ = false;
    AsyncEvent woken_;
};

}  // namespace katydid::store::postgres
