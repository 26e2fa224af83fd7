// Runs one coroutine to its end on a loop of its own, and lets its exception reach the test.
#pragma once

#include "hub/core/async/asio.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>

namespace katydid::test {

void run_coroutine(asio::io_context& loop, std::function<awaitable<>()> body);
void run_coroutine(std::function<awaitable<>()> body);

}  // namespace katydid::test
