// Several coroutines of one loop wait for one thing.
#pragma once

#include "hub/core/asio.hpp"
#include "hub/core/clock.hpp"

#include <boost/asio/steady_timer.hpp>

#include <set>

namespace katydid::bridge {

/// Rings once, for those who wait and those who come later.
///
/// Thread safety: none. Lifetime: waiters hold it (shared_ptr) while they wait.
class Bell {
public:
    [[nodiscard]] bool has_rung() const noexcept { return rung_; }

    void ring()
    {
        rung_ = true;
        for (auto* timer : waiting_) timer->cancel();
    }

    /// Whether it rang before `until`. Cancellation: terminal; the caller's next wait throws.
    awaitable<bool> wait(SteadyTime until)
    {
        if (rung_) co_return true;
        const auto executor = co_await asio::this_coro::executor;
        asio::steady_timer timer{executor, until};
        const Place place{waiting_, timer};
        const auto [ignored] = co_await timer.async_wait(use_tuple);
        static_cast<void>(ignored);
        co_return rung_;
    }

private:
    using Timers = std::set<asio::steady_timer*>;
    struct Place {
        Place(Timers& all, asio::steady_timer& mine) : timers{all}, timer{&mine}
        {
            timers.insert(timer);
        }
        ~Place() { timers.erase(timer); }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        Timers& timers;
        asio::steady_timer* timer;
    };

    bool rung_ = false;
    Timers waiting_;
};

}  // namespace katydid::bridge
