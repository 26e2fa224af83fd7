// Work for another thread's executor, and the wait for its end.
#pragma once

#include "hub/core/async/asio.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <concepts>
#include <optional>
#include <type_traits>
#include <utility>

namespace katydid {

/// Runs `work` on that executor and waits for what it comes to, wherever the caller runs.
///
/// Cancellation: none. The work runs to its end and the caller waits for it, so it must be bounded
/// in time; a cancelled caller notices at its next co_await. To pass a cancellation on is not safe
/// between threads: the one that asio::co_spawn of Boost 1.81 posts to the other executor points
/// into memory that is gone when the work ends at the same moment.
/// Lifetime: what `work` refers to outlives it; the caller's own frame does.
awaitable<void> on_executor(asio::any_io_executor executor, awaitable<void> work);

/// Puts what the work comes to where the caller waits.
template <class T>
awaitable<void> keep_answer(awaitable<T> work, std::optional<T>& answer)
{
    auto made = co_await std::move(work);
    answer.emplace(std::move(made));
}

/// With an answer. All go through the one without, which is compiled once.
template <class T>
awaitable<T> on_executor(asio::any_io_executor executor, awaitable<T> work)
{
    std::optional<T> answer;
    auto kept = keep_answer(std::move(work), answer);
    co_await on_executor(std::move(executor), std::move(kept));
    co_return std::move(*answer);
}

/// For a function that makes the awaitable; it is kept until that has ended.
template <std::invocable Function>
std::invoke_result_t<Function> on_executor(asio::any_io_executor executor, Function work)
{
    co_return co_await on_executor(std::move(executor), work());
}

}  // namespace katydid
