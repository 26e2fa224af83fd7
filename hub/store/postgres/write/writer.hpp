// The coroutine that writes: it turns many small calls into one durable transaction.
#pragma once

#include "hub/store/postgres/write/call_queue.hpp"
#include "hub/store/postgres/wire/reconnecting_connection.hpp"
#include "hub/store/postgres/wire/transaction_runner.hpp"
#include "hub/store/postgres/cluster/health_state.hpp"

namespace katydid::store::postgres {

/// Takes everything queued, writes it, then answers: appends and settlements as one transaction,
/// changes to settings and deliveries as another, claims after both.
///
/// Decides what a batch is and what a failed write means: what was sent over a connection that is
/// lost is in doubt, and answered with store_unavailable. Senders repeat, and are then told that
/// it is a duplicate; settlements come again, and change nothing when they were written.
/// Thread safety: `enqueue`, `close` from any thread; `run` is spawned on the store's thread.
class Writer {
public:
    Writer(asio::io_context& loop, WriterState& state, HealthState& health_state, Target target);

    void enqueue(Call call);
    void close();
    /// Ends when it was closed and everything is answered.
    awaitable<void> run();
    /// The connection may be lost: look before the next call does.
    void check() noexcept;

    ReconnectingConnection link;
    /// Called when the connection was lost and is there again.
    std::function<void()> on_reopened;

private:
    struct Sorted {
        Calls batch, tasks, others;
    };

    static Sorted sort(Calls calls);
    std::optional<Error> refusal(const Call& call) const;
    awaitable<void> step();
    awaitable<void> process(Calls calls);
    /// Carries out, answers what is done and takes it out of `sorted`. Throws SqlError.
    awaitable<void> carry_out(Sorted& sorted);
    awaitable<void> write_batch(const Calls& calls);
    awaitable<void> answer_others(Calls& calls);
    void refuse(const Calls& calls, const Error& error);
    awaitable<void> tell_others();
    awaitable<void> try_write();
    void meet(const SqlError& error);

    asio::io_context& loop_;
    WriterState& state_;
    HealthState& health_state_;
    CallQueue queue_;
    BatchWriter batch_writer_;
    TransactionRunner transactions_;
    Claimer claimer_;
    bool to_check_ = false;
};

}  // namespace katydid::store::postgres
