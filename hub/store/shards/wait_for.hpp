// A call of a store, waited for on this thread.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/error.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <optional>

namespace katydid::store::shards {

/// Carries a call out and blocks until it is done: at start, and on a thread of its own.
template <class T>
result<T> wait_for(awaitable<result<T>> call)
{
    asio::io_context loop{1};
    std::optional<result<T>> answer;
    asio::co_spawn(loop, std::move(call),
                   [&](const std::exception_ptr& failure, std::optional<result<T>> value) {
                       if (failure) std::rethrow_exception(failure);
                       answer = std::move(value);
                   });
    loop.run();
    return std::move(*answer);
}

}  // namespace katydid::store::shards
