// Answers queries, beside the writer.
#pragma once

#include "hub/store/postgres/write/call_queue.hpp"
#include "hub/store/postgres/wire/reconnecting_connection.hpp"
#include "hub/store/postgres/wire/sql_error.hpp"

namespace katydid::store::postgres {

/// One connection that takes queries from its queue, one after another. It is opened when the
/// first query comes.
/// Thread safety: `queue` as it says; `run` is spawned on the store's thread.
class Reader {
public:
    Reader(asio::io_context& loop, const QueueBounds& bounds, Target target);

    /// Ends when the queue is closed and empty.
    awaitable<void> run();

    CallQueue queue;

private:
    awaitable<void> answer(const Call& call);
    awaitable<std::optional<SqlError>> ask(Query& query);

    Connection connection_;
};

}  // namespace katydid::store::postgres
