#include "hub/dispatch/runtime/attempts.hpp"

#include "hub/core/subscription/subscription.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>

namespace katydid::dispatch {

Attempts::Attempts(asio::any_io_executor executor, Ended ended)
    : executor_{std::move(executor)},
      ended_{std::move(ended)}
{}

void Attempts::start(Item& item, SubscriptionPtr subscription, handlers::Handler& handler)
{
    const auto timeout = subscription->timeout;
    const auto deadline = item.started.steady + timeout;
    const auto running = running_.emplace(running_.end());
    running->item = &item;
    // One that keeps its own time is still cut off when the hub ends.
    running->deadline = handler.keeps_time() ? SteadyTime::max() : deadline + overrun_grace;
    running->timeout = timeout;
    deadlines_.emplace(running->deadline, &*running);
    const auto& delivery = item.work.delivery;
    handlers::Call call{item.work.event, std::move(subscription), delivery.id,
                        delivery.attempts + 1, Deadline{deadline}};
    auto on_end = [this, running](const std::exception_ptr& exception, Outcome outcome) {
        finish(running, exception, std::move(outcome));
    };
    // The handler is entered inside the spawned coroutine: whatever it throws is the attempt's.
    auto enter = [&handler, call = std::move(call)]() mutable {
        return handler.handle(std::move(call));
    };
    asio::co_spawn(executor_, std::move(enter),
                   asio::bind_cancellation_slot(running->signal.slot(), std::move(on_end)));
}

void Attempts::finish(Handle running, const std::exception_ptr& exception, Outcome outcome)
{
    const auto cut = running->cut;
    auto& item = *running->item;
    const auto timeout = running->timeout;
    if (cut == Cut::no) deadlines_.erase({running->deadline, &*running});
    running_.erase(running);
    if (exception) outcome = Outcome::failed("the handler failed: " + describe(exception));
    // One that was cut off and still says that it delivered did.
    const bool delivered = !exception && outcome.is_success();
    if (cut == Cut::overran && !delivered && outcome.outcome != AttemptClass::timed_out) {
        outcome = Outcome::failed("no answer within " + to_duration_text(timeout));
        outcome.outcome = AttemptClass::timed_out;
    }
    ended_(item, std::move(outcome), cut == Cut::interrupted && !delivered);
}

std::optional<SteadyTime> Attempts::next_deadline() const
{
    if (deadlines_.empty() || deadlines_.begin()->first == SteadyTime::max()) return std::nullopt;
    return deadlines_.begin()->first;
}

void Attempts::cancel_overdue(SteadyTime now)
{
    // Reads the set anew each time: what a cancelled handler does may change it.
    while (!deadlines_.empty() && deadlines_.begin()->first <= now)
        cut(*deadlines_.begin()->second, Cut::overran);
}

void Attempts::cancel_all()
{
    while (!deadlines_.empty()) cut(*deadlines_.begin()->second, Cut::interrupted);
}

void Attempts::cut(Running& running, Cut why)
{
    deadlines_.erase({running.deadline, &running});
    running.cut = why;
    running.signal.emit(asio::cancellation_type::terminal);
}

}  // namespace katydid::dispatch
