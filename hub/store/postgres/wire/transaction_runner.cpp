#include "hub/store/postgres/wire/transaction_runner.hpp"

#include "hub/store/postgres/write/activity.hpp"

namespace katydid::store::postgres {
namespace {

constexpr int tries_max = 4;

}  // namespace

awaitable<void> TransactionRunner::run(Connection& connection, Calls& calls,
                                       Completions<Done>& completions)
{
    if (calls.empty()) co_return;
    const auto failed = co_await attempt(connection, calls);
    if (!failed) {
        for (const auto& call : calls) succeed(call, completions);
        calls.clear();
        co_return;
    }
    const auto trouble = classify(*failed);
    if (trouble == Trouble::lost || trouble == Trouble::full) throw SqlError{*failed};
    if (calls.size() == 1) {
        state_.warn(std::string{"A call to the store failed and was undone: "} + failed->what());
        fail(calls.front(), describe(*failed), completions);
        calls.clear();
        co_return;
    }
    // Nothing was kept. Alone, only the bad one fails.
    while (!calls.empty()) {
        Calls alone{calls.front()};
        co_await run(connection, alone, completions);
        calls.erase(calls.begin());
    }
}

awaitable<std::optional<SqlError>> TransactionRunner::attempt(Connection& connection,
                                                              const Calls& calls)
{
    std::optional<SqlError> failed;
    for (int tries = 0; tries < tries_max; ++tries) {
        failed.reset();
        try {
            co_await run_together(connection, calls);
        } catch (const SqlError& error) {
            failed = error;
        }
        if (!failed) co_return failed;
        co_await connection.roll_back();
        if (classify(*failed) != Trouble::retry) break;
    }
    co_return failed;
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
