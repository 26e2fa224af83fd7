#include "hub/store/postgres/wire/transaction_runner.hpp"

#include "hub/store/postgres/write/activity.hpp"

namespace katydid::store::postgres {
namespace {

constexpr int tries_max = 4;

awaitable<std::optional<SqlError>> try_together(Connection& connection, const Calls& calls,
                                                const TransactionRunner::Attempt& attempt)
{
    std::optional<SqlError> failed;
    for (int tries = 0; tries < tries_max; ++tries) {
        failed.reset();
        try {
            co_await attempt(calls);
        } catch (const SqlError& error) {
            failed = error;
        }
        if (!failed || classify(*failed) == Trouble::lost) break;
        co_await connection.roll_back();
        if (classify(*failed) != Trouble::retry) break;
    }
    co_return failed;
}

}  // namespace

awaitable<void> TransactionRunner::run(Connection& connection, Calls& calls, const Attempt& attempt,
                                       Completions<Done>& completions)
{
    if (calls.empty()) co_return;
    const auto failed = co_await try_together(connection, calls, attempt);
    const auto trouble = failed ? classify(*failed) : Trouble::none;
    if (trouble == Trouble::lost || trouble == Trouble::full) throw SqlError{*failed};
    if (failed && calls.size() > 1) {
        // Nothing was kept. Alone, only the bad one fails.
        while (!calls.empty()) {
            Calls alone{calls.front()};
            co_await run(connection, alone, attempt, completions);
            calls.erase(calls.begin());
        }
        co_return;
    }
    if (failed && failed->state() == tenant_moved_state) state_.note_moved();
    if (failed && trouble != Trouble::moves)
        state_.warn(std::string{"A call to the store failed and was undone: "} + failed->what());
    for (const auto& call : calls) {
        if (failed) fail(call, describe(*failed), completions);
        else succeed(call, completions);
    }
    calls.clear();
}

awaitable<void> TransactionRunner::run_tasks(Connection& connection, Calls& calls,
                                             Completions<Done>& completions)
{
    const Attempt attempt = [this, &connection](const Calls& some) {
        return run_together(connection, some);
    };
    co_await run(connection, calls, attempt, completions);
}

awaitable<void> TransactionRunner::run_together(Connection& connection, const Calls& calls)
{
    CommitEffects effects;
    Session session{connection, state_, effects};
    std::exception_ptr failure;
    try {
        co_await connection.ask("BEGIN");
        for (const auto& call : calls) {
            co_await call.as<Task>()->run(session);
            if (connection.has_unsent()) co_await connection.run();
        }
        write_counts(connection, effects.counters, state_.slot());
        write_activity(connection, effects.activity, state_.slot());
        state_.notifications_for(effects).write(connection);
        state_.tell_settings(connection, effects);
        connection.add("COMMIT");
        co_await connection.run();
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        state_.drop(effects);
        std::rethrow_exception(failure);
    }
    state_.apply(effects);
}

}  // namespace katydid::store::postgres
