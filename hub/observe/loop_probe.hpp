// How late an event loop is.
#pragma once

#include "hub/core/asio.hpp"
#include "hub/core/clock.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>

namespace katydid::observe {

/// Asks the loop to call at a time and tells how much later it did: that is how long everything
/// else on the loop waited too.
///
/// Thread safety: none; all calls on the executor's thread.
class LoopProbe {
public:
    using Tell = std::function<void(double lag_seconds)>;

    LoopProbe(asio::any_io_executor executor, milliseconds interval, Tell tell);
    /// Until stop().
    awaitable<void> run();
    void stop();

private:
    milliseconds interval_;
    Tell tell_;
    boost::asio::steady_timer timer_;
    bool stopped_ = false;
};

}  // namespace katydid::observe
