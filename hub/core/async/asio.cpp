#include "hub/core/async/asio.hpp"

#include "hub/core/async/on_executor.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>

namespace katydid {

awaitable<void> on_executor(asio::any_io_executor executor, awaitable<void> work)
{
    co_await asio::co_spawn(
        executor, std::move(work),
        asio::bind_cancellation_slot(asio::cancellation_slot{}, asio::use_awaitable));
}

std::string describe(const std::exception_ptr& exception)
{
    try {
        if (exception) std::rethrow_exception(exception);
        return "no exception";
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "an exception that is not a std::exception";
    }
}

}  // namespace katydid
