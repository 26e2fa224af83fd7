// How a running hub is asked to stop.
#pragma once

#include "hub/core/async/event.hpp"

#include <boost/asio/post.hpp>

#include <functional>
#include <mutex>
#include <string>

namespace katydid {

/// Wakes run() from any thread, once and for good.
class StopSignal {
public:
    void request(std::string why)
    {
        const std::scoped_lock lock{mutex_};
        if (requested_) return;
        requested_ = true;
        why_ = std::move(why);
        if (wake_) wake_();
    }

    /// Returns when the hub is asked to stop, at once when it was before. For one caller.
    awaitable<> wait()
    {
        const auto executor = co_await asio::this_coro::executor;
        const AsyncEvent requested;
        {
            const std::scoped_lock lock{mutex_};
            if (requested_) co_return;
            wake_ = [requested, executor] {
                asio::post(executor, [requested] { requested.set(); });
            };
        }
        co_await requested.wait();
    }

    /// Empty when a person asked; else why the hub cannot go on.
    [[nodiscard]] std::string why() const
    {
        const std::scoped_lock lock{mutex_};
        return why_;
    }

private:
    mutable std::mutex mutex_;
    bool requested_ = false;
    std::string why_;
    std::function<void()> wake_;
};

}  // namespace katydid
