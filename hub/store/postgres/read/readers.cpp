#include "hub/store/postgres/read/readers.hpp"

namespace katydid::store::postgres {
namespace {

constexpr milliseconds idle_wait{60'000};

}  // namespace

Reader::Reader(asio::io_context& loop, const QueueBounds& bounds, Target target)
    : queue{loop, bounds},
      connection_{loop.get_executor(), std::move(target)}
{}

awaitable<void> Reader::run()
{
    while (true) {
        const auto calls = queue.take();
        for (const auto& call : calls) co_await answer(call);
        if (!calls.empty()) continue;
        if (queue.is_closed()) break;
        co_await queue.wait(idle_wait);
    }
    connection_.close();
}

awaitable<std::optional<SqlError>> Reader::ask(Query& query)
{
    std::optional<SqlError> failed;
    try {
        if (!connection_.is_open()) co_await connection_.open();
        co_await query.run(connection_);
    } catch (const SqlError& error) {
        failed = error;
    }
    co_return failed;
}

awaitable<void> Reader::answer(const Call& call)
{
    const bool was_open = connection_.is_open();
    auto failed = co_await ask(*call.as<Query>());
    // A connection that was lost while it was idle is noticed by the next query only.
    const bool asks_again = failed && was_open && classify(*failed) == Trouble::lost;
    if (asks_again) {
        connection_.close();
        failed = co_await ask(*call.as<Query>());
    }
    Completions<Done> completions;
    if (failed) fail(call, describe(*failed), completions);
    else succeed(call, completions);
    completions.post();
}

}  // namespace katydid::store::postgres
