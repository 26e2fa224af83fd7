// A loop that a test turns by hand, with callers that it can cancel.
#pragma once

#include "hub/core/async/asio.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <deque>
#include <functional>
#include <optional>

namespace katydid::test {

struct AsyncFixture {
    template <class T>
    struct Call {
        asio::cancellation_signal cancel;
        std::optional<T> got;        ///< what the awaited call returned
        bool went_on = false;        ///< to the step after it
        std::exception_ptr failure;  ///< that ended the caller
        bool has_ended = false;
    };

    /// Begins a caller that awaits the call and then one more step; it is at its wait on return.
    template <class T>
    void start(Call<T>& call, std::function<awaitable<T>()> wait)
    {
        auto caller = [&call, wait = std::move(wait)]() -> awaitable<void> {
            auto got = co_await wait();
            call.got.emplace(std::move(got));
            const auto executor = co_await asio::this_coro::executor;
            co_await asio::post(executor, asio::use_awaitable);
            call.went_on = true;
        };
        const auto on_end = [&call](std::exception_ptr failure) {
            call.failure = failure;
            call.has_ended = true;
        };
        asio::co_spawn(loop, std::move(caller),
                       asio::bind_cancellation_slot(call.cancel.slot(), on_end));
        turn();
    }

    /// At the next turn, on the loop, as every cancellation.
    template <class T>
    void cancel(Call<T>& call)
    {
        asio::post(loop, [&call] { call.cancel.emit(asio::cancellation_type::terminal); });
    }

    /// Runs all that is ready.
    void turn()
    {
        loop.restart();
        loop.poll();
    }

    asio::io_context loop{1};
};

/// Two things that happen in the same turn of the loop, in both orders.
inline void in_both_orders(const std::function<void(bool first)>& body)
{
    body(true);
    body(false);
}

}  // namespace katydid::test
