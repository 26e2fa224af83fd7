// The few things every coroutine here needs from Asio.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <string>

namespace katydid {

namespace asio = boost::asio;
template <class T = void>
using awaitable = boost::asio::awaitable<T>;

/// Errors as values: `const auto [error, size] = co_await socket.async_read_some(b, use_tuple);`
constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);

/// The text of an exception that ended a spawned coroutine, for its completion handler's log line.
std::string describe(const std::exception_ptr& exception);

}  // namespace katydid
