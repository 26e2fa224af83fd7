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

    /// \param wake  called at most once, from any thread
    void on_request(std::function<void()> wake)
    {
        const std::scoped_lock lock{mutex_};
        wake_ = std::move(wake);
        if (requested_) wake_();
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

/// Returns when the hub is asked to stop.
inline awaitable<> wait_for(StopSignal& signal)
{
    const auto executor = co_await asio::this_coro::executor;
    const AsyncEvent requested;
    signal.on_request([requested, executor] {
        asio::post(executor, [requested] { requested.set(); });
    });
    co_await requested.wait();
    signal.on_request([] {});
}

}  // namespace katydid
