#include "hub/store/postgres/maintenance/maintenance_connection.hpp"

namespace katydid::store::postgres {
namespace {

constexpr milliseconds idle_wait{60'000};

}  // namespace

MaintenanceConnection::MaintenanceConnection(asio::io_context& loop, const QueueBounds& bounds,
                                             WriterState& state, Target target)
    : queue{loop, bounds},
      connection_{loop.get_executor(), std::move(target)},
      transactions_{state}
{}

awaitable<void> MaintenanceConnection::run()
{
    while (true) {
        auto calls = queue.take();
        if (!calls.empty()) {
            co_await carry_out(std::move(calls));
            continue;
        }
        if (queue.is_closed()) break;
        co_await queue.wait(idle_wait);
    }
    connection_.close();
}

awaitable<void> MaintenanceConnection::carry_out(Calls calls)
{
    Completions<Done> completions;
    std::optional<SqlError> failed;
    try {
        if (!connection_.is_open()) co_await connection_.open();
        co_await transactions_.run_tasks(connection_, calls, completions);
    } catch (const SqlError& error) {
        failed = error;
    }
    if (failed && classify(*failed) == Trouble::lost) connection_.close();
    if (failed)
        for (const auto& call : calls) fail(call, describe(*failed), completions);
    completions.post();
}

}  // namespace katydid::store::postgres
