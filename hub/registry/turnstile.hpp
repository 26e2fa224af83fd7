// One change after the other, without a lock.
#pragma once

#include "hub/core/asio.hpp"
#include "hub/core/clock.hpp"

#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <memory>
#include <utility>

namespace katydid::registry {

/// Lets one coroutine in at a time, in the order of arrival.
///
/// Thread safety: none; every caller runs on the same loop. Cancellation: none while waiting; the
/// wait is as long as the changes before.
class Turnstile {
public:
    /// Whoever holds it is in. Leaves when it goes.
    class Pass {
    public:
        explicit Pass(Turnstile& turnstile) : turnstile_{&turnstile} {}
        Pass(Pass&& other) noexcept : turnstile_{std::exchange(other.turnstile_, nullptr)} {}
        Pass& operator=(Pass&&) = delete;
        ~Pass()
        {
            if (turnstile_ != nullptr) turnstile_->leave();
        }

    private:
        Turnstile* turnstile_;
    };

    awaitable<Pass> enter()
    {
        if (!std::exchange(busy_, true)) co_return Pass{*this};
        const auto executor = co_await asio::this_coro::executor;
        const auto turn = std::make_shared<asio::steady_timer>(executor, SteadyTime::max());
        waiting_.push_back(turn);
        co_await turn->async_wait(use_tuple);
        co_return Pass{*this};
    }

private:
    void leave()
    {
        while (!waiting_.empty()) {
            const auto next = waiting_.front().lock();
            waiting_.pop_front();
            if (!next) continue;
            next->cancel();
            return;  // still busy: the turn is handed over
        }
        busy_ = false;
    }

    bool busy_ = false;
    std::deque<std::weak_ptr<asio::steady_timer>> waiting_;  ///< the coroutine owns its timer
};

}  // namespace katydid::registry
