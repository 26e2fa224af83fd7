#include "hub/store/postgres/wire/reconnecting_connection.hpp"

#include "hub/store/postgres/wire/sql_error.hpp"

namespace katydid::store::postgres {
namespace {

constexpr milliseconds first_wait{100};
constexpr milliseconds longest_wait{3'000};

}  // namespace

ReconnectingConnection::ReconnectingConnection(asio::any_io_executor executor, Target target)
    : connection{std::move(executor), std::move(target)}
{}

awaitable<bool> ReconnectingConnection::open()
{
    auto wait = first_wait;
    while (!stopped_.is_set()) {
        try {
            co_await connection.open();
        } catch (const SqlError&) {
            // it is tried again
        }
        if (connection.is_open()) co_return true;
        const auto spread = static_cast<std::uint64_t>(wait.count());
        const auto rest = wait / 2 + milliseconds{random_() % spread};
        co_await stopped_.wait(SteadyTime::clock::now() + rest);
        wait = std::min(wait * 2, longest_wait);
    }
    co_return false;
}

}  // namespace katydid::store::postgres
