#include "tests/support/run_coroutine.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

namespace katydid::test {

void run_coroutine(asio::io_context& loop, std::function<awaitable<>()> body)
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

void run_coroutine(std::function<awaitable<>()> body)
{
    asio::io_context loop{1};
    run_coroutine(loop, std::move(body));
}

}  // namespace katydid::test
