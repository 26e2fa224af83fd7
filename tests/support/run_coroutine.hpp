// Runs one coroutine to its end on a loop of its own, and lets its exception reach the test.
#pragma once

#include "hub/core/asio.hpp"

#include <boost/asio/io_context.hpp>

#include <exception>
#include <functional>
#include <stdexcept>

namespace katydid::test {

inline void run_coroutine(asio::io_context& loop, std::function<awaitable<>()> body)
{
    std::exception_ptr failure;
    bool ended = false;
    asio::co_spawn(loop, std::move(body), [&](std::exception_ptr exception) {
        failure = exception;
        ended = true;
    });
    while (!ended && loop.run_one() > 0) {}
    if (failure) std::rethrow_exception(failure);
    if (!ended) throw std::logic_error{"the coroutine never ended: nothing is left to wake it"};
}

inline void run_coroutine(std::function<awaitable<>()> body)
{
    asio::io_context loop{1};
    run_coroutine(loop, std::move(body));
}

}  // namespace katydid::test
