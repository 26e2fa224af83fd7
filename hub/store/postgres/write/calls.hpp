// Calls that wait for the store's thread, and the tasks behind them.
#pragma once

#include "hub/store/shared/completion.hpp"
#include "hub/store/postgres/write/batch.hpp"
#include "hub/store/postgres/write/claimer.hpp"
#include "hub/store/postgres/wire/session.hpp"

#include <variant>

namespace katydid::store::postgres {

/// What a job's answer is taken from: the work is done by then.
struct Done {};
using CallJobPtr = JobPtr<Done>;

/// Something to be done inside a transaction. It keeps its answer for the waiting call.
class Task {
public:
    virtual ~Task() = default;
    /// May run again after a rollback. Throws SqlError.
    virtual awaitable<void> run(Session& session) = 0;
};

/// \tparam Work  `awaitable<result<T>>(Session&)`, no coroutine itself: its captures live here
template <class T, class Work>
class TaskOf final : public Task {
public:
    explicit TaskOf(Work work) : work_{std::move(work)} {}
    awaitable<void> run(Session& session) override
    {
        auto answer = co_await work_(session);
        answer_.emplace(std::move(answer));
    }
    result<T> take() { return std::move(*answer_); }

private:
    Work work_;
    std::optional<result<T>> answer_;
};

/// Something to be asked, outside any transaction.
class Query {
public:
    virtual ~Query() = default;
    /// Throws SqlError.
    virtual awaitable<void> run(Connection& connection) = 0;
};

template <class T, class Work>
class QueryOf final : public Query {
public:
    explicit QueryOf(Work work) : work_{std::move(work)} {}
    awaitable<void> run(Connection& connection) override
    {
        auto answer = co_await work_(connection);
        answer_.emplace(std::move(answer));
    }
    result<T> take() { return std::move(*answer_); }

private:
    Work work_;
    std::optional<result<T>> answer_;
};

struct ReleaseOrder {
    TenantId tenant;
    std::vector<DeliveryId> deliveries;
};

/// One call in the queue: who waits, and what is to be done.
struct Call {
    CallJobPtr job;
    std::variant<std::shared_ptr<AppendOrder>, std::shared_ptr<AppendAllOrder>,
                 std::shared_ptr<SettleOrder>, std::shared_ptr<ClaimOrder>, std::shared_ptr<Task>,
                 std::shared_ptr<Query>, std::shared_ptr<ReleaseOrder>>
        order;

    template <class Order>
    [[nodiscard]] Order* as() const
    {
        const auto* held = std::get_if<std::shared_ptr<Order>>(&order);
        return held == nullptr ? nullptr : held->get();
    }
};

using Calls = std::vector<Call>;

/// Answers calls that were carried out, or could not be.
inline void succeed(const Call& call, Completions<Done>& completions)
{
    Done done;
    call.job->execute(done);
    completions.add(call.job);
}

inline void fail(const Call& call, const Error& error, Completions<Done>& completions)
{
    call.job->fail(error);
    completions.add(call.job);
}

}  // namespace katydid::store::postgres
