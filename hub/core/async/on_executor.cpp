#include "hub/core/async/on_executor.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>

namespace katydid {

awaitable<void> on_executor(asio::any_io_executor executor, awaitable<void> work)
{
    co_await asio::co_spawn(
        executor, std::move(work),
        asio::bind_cancellation_slot(asio::cancellation_slot{}, asio::use_awaitable));
}

}  // namespace katydid
