// Carries out retention, beside the writer.
#pragma once

#include "hub/store/postgres/write/call_queue.hpp"
#include "hub/store/postgres/wire/transaction_runner.hpp"

namespace katydid::store::postgres {

/// One connection for retention, so that it holds up no commit. It is opened when it is
/// needed. Thread safety: `queue` as it says; `run` is spawned on the store's thread.
class MaintenanceConnection {
public:
    MaintenanceConnection(asio::io_context& loop, const QueueBounds& bounds, WriterState& state,
                          Target target);

    /// Ends when the queue is closed and empty.
    awaitable<void> run();

    CallQueue queue;

private:
    awaitable<void> carry_out(Calls calls);

    Connection connection_;
    TransactionRunner transactions_;
};

}  // namespace katydid::store::postgres
