#include "hub/observe/loop_probe.hpp"

namespace katydid::observe {

LoopProbe::LoopProbe(asio::any_io_executor executor, milliseconds interval, Tell tell)
    : interval_{interval},
      tell_{std::move(tell)},
      timer_{std::move(executor)}
{}

void LoopProbe::stop()
{
    stopped_ = true;
    timer_.cancel();
}

awaitable<void> LoopProbe::run()
{
    while (!stopped_) {
        const auto due = std::chrono::steady_clock::now() + interval_;
        timer_.expires_at(due);
        const auto [error] = co_await timer_.async_wait(use_tuple);
        if (error || stopped_) co_return;
        tell_(std::chrono::duration<double>(std::chrono::steady_clock::now() - due).count());
    }
}

}  // namespace katydid::observe
