// Calls as transactions.
#pragma once

#include "hub/store/postgres/wire/sql_error.hpp"
#include "hub/store/postgres/write/calls.hpp"

#include <functional>

namespace katydid::store::postgres {

/// Carries out calls in one transaction, or each in its own when one of them is bad.
/// Thread safety: none; it belongs to the store's thread.
class TransactionRunner {
public:
    explicit TransactionRunner(WriterState& state) : state_{state} {}

    /// One transaction, committed. Throws SqlError; then only the transaction is left open.
    using Attempt = std::function<awaitable<void>(const Calls& calls)>;

    /// Answers every call, by `completions`. Throws SqlError when the connection is lost or the
    /// disk full; calls that are not answered then were not carried out, or their outcome is
    /// unknown.
    awaitable<void> run(Connection& connection, Calls& calls, const Attempt& attempt,
                        Completions<Done>& completions);
    /// The same for calls that are tasks.
    awaitable<void> run_tasks(Connection& connection, Calls& calls, Completions<Done>& completions);

private:
    awaitable<void> run_together(Connection& connection, const Calls& calls);

    WriterState& state_;
};

}  // namespace katydid::store::postgres
