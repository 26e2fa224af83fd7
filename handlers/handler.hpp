// Whatever receives an event: an endpoint, a coroutine, later a stream.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/event.hpp"
#include "hub/core/outcome.hpp"
#include "hub/core/subscription/subscription_ptr.hpp"

#include <optional>

namespace katydid::handlers {

/// One attempt, as a handler sees it.
struct Call {
    EventPtr event;
    SubscriptionPtr subscription;
    DeliveryId delivery;
    std::uint32_t attempt = 1;  ///< number of this attempt, from 1
    Deadline deadline;          ///< the handler ends before this, or is cancelled
};

/// Hands one event over and says what came of it.
///
/// Cancellation: terminal; the handler unwinds promptly. An exception counts as a failed attempt.
/// Thread safety: called on the loop that owns the subscription, many calls at a time.
class Handler {
public:
    virtual ~Handler() = default;
    virtual awaitable<Outcome> handle(Call call) = 0;
    /// How many calls of a subscription may be under way now, as far as this handler goes; nullopt:
    /// any number. Who changes it tells Dispatcher::capacity_changed().
    [[nodiscard]] virtual std::optional<std::uint32_t> capacity(SubscriptionId /*id*/) const
    {
        return std::nullopt;
    }
    /// Whether calls end at their deadline by themselves, which they may move: no one cuts them.
    [[nodiscard]] virtual bool keeps_time() const noexcept { return false; }
};

}  // namespace katydid::handlers
