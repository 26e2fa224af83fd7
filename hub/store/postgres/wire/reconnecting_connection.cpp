#include "hub/store/postgres/wire/reconnecting_connection.hpp"

#include "hub/store/postgres/wire/sql_error.hpp"

namespace katydid::store::postgres {
namespace {

constexpr milliseconds first_wait{100};
constexpr milliseconds longest_wait{3'000};

}  // namespace

ReconnectingConnection::ReconnectingConnection(asio::any_io_executor executor, Target target)
    : connection{executor, std::move(target)},
      timer_{executor}
{}

awaitable<bool> ReconnectingConnection::open()
{
    auto wait = first_wait;
    while (!stopped_) {
        try {
            co_await connection.open();
        } catch (const SqlError& error) {
            why_not_ = error.what();
        }
        if (connection.is_open()) co_return true;
        const auto spread = static_cast<std::uint64_t>(wait.count());
        timer_.expires_after(wait / 2 + milliseconds{random_() % spread});
        co_await timer_.async_wait(use_tuple);
        wait = std::min(wait * 2, longest_wait);
    }
    co_return false;
}

void ReconnectingConnection::stop()
{
    stopped_ = true;
    timer_.cancel();
}

}  // namespace katydid::store::postgres
