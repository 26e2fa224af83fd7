// A function of the embedding program as a handler.
#pragma once

#include "handlers/handler.hpp"

#include <functional>

namespace katydid::handlers {

/// Calls an in-process coroutine for every event. What it throws is a failed attempt.
///
/// Lifetime: the event outlives the call; the function must not keep a reference after it.
/// Thread safety: handle() is called on the loops that own its subscriptions, many calls at a
/// time; the function must allow that.
class CoroutineHandler final : public Handler {
public:
    using Function = std::function<awaitable<Outcome>(const Event&)>;

    explicit CoroutineHandler(Function function) : function_{std::move(function)} {}

    awaitable<Outcome> handle(Call call) override;

private:
    Function function_;
};

}  // namespace katydid::handlers
