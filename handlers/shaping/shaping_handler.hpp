// A transform in front of whatever receives the event.
#pragma once

#include "handlers/handler.hpp"
#include "hub/core/subscription/transform.hpp"
#include "hub/transform/pool.hpp"

#include <memory>
#include <string_view>

namespace katydid::handlers::shaping {

/// Hands an event on as its subscription's transform shapes it, anew for each attempt. One without
/// a transform goes on at once, without a coroutine of its own.
///
/// What the code does wrong is dead: it would do so again. What the workers cannot do now is tried
/// again. Thread safety: none; one for each loop, with that loop's pool, which outlives it.
class ShapingHandler final : public Handler {
public:
    ShapingHandler(std::shared_ptr<Handler> next, transform::Pool& pool)
        : next_{std::move(next)},
          pool_{pool}
    {}

    awaitable<Outcome> handle(Call call) override;
    [[nodiscard]] std::optional<std::uint32_t> capacity(SubscriptionId id) const override
    {
        return next_->capacity(id);
    }
    [[nodiscard]] bool keeps_time() const noexcept override { return next_->keeps_time(); }

private:
    awaitable<Outcome> shape_and_hand_on(Call call);

    std::shared_ptr<Handler> next_;
    transform::Pool& pool_;
};

/// The code of a subscription as the pool runs it.
[[nodiscard]] transform::Program program_of(const Transform& transform);

/// What a delivery's reason begins with, where its transform ended it.
constexpr std::string_view reason_prefix = "transform: ";

}  // namespace katydid::handlers::shaping
