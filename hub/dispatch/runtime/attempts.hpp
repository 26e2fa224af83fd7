// Runs handlers: each attempt a coroutine with a deadline.
#pragma once

#include "handlers/handler.hpp"
#include "hub/dispatch/scheduler/actions.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <functional>
#include <list>
#include <optional>
#include <set>

namespace katydid::dispatch {

/// The attempts under way on one loop. It starts handlers, cancels those that overrun and reports
/// what each came to; an exception is a failed attempt. What follows is decided elsewhere.
///
/// Lifetime: it outlives its attempts; wait until running() is 0 before it goes.
/// Thread safety: none; all calls on the executor's thread.
class Attempts {
public:
    /// A handler knows its deadline and ends by itself with what it has got by then, such as the
    /// status of an answer whose body never ended. Only one that goes on this much longer is cut.
    static constexpr milliseconds overrun_grace{1'000};

    /// \param interrupted  cancel_all() cut it off, whether it arrived is unknown
    using Ended = std::function<void(Item& item, Outcome outcome, bool interrupted)>;

    Attempts(asio::any_io_executor executor, Ended ended);
    Attempts(const Attempts&) = delete;
    Attempts& operator=(const Attempts&) = delete;

    /// Starts one; `ended` is called exactly once for it, never from inside this call's caller
    /// before the handler has been entered.
    void start(Item& item, SubscriptionPtr subscription, handlers::Handler& handler);

    /// When the first of them overruns.
    [[nodiscard]] std::optional<SteadyTime> next_deadline() const;
    void cancel_overdue(SteadyTime now);
    void cancel_all();
    [[nodiscard]] std::size_t running() const noexcept { return running_.size(); }

private:
    enum class Cut : std::uint8_t { no, overran, interrupted };
    struct Running {
        Item* item = nullptr;
        SteadyTime deadline{};
        milliseconds timeout{0};
        Cut cut = Cut::no;
        asio::cancellation_signal signal;
    };
    using Handle = std::list<Running>::iterator;

    void cut(Running& running, Cut why);
    void finish(Handle running, const std::exception_ptr& exception, Outcome outcome);

    asio::any_io_executor executor_;
    Ended ended_;
    std::list<Running> running_;
    std::set<std::pair<SteadyTime, Running*>> deadlines_;  ///< of those not cut off yet
};

}  // namespace katydid::dispatch
