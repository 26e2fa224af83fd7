// Calls that wait for the store's thread, and what they carry out.
#pragma once

#include "hub/store/shared/completion.hpp"
#include "hub/store/shared/operation.hpp"
#include "hub/store/postgres/write/batch.hpp"
#include "hub/store/postgres/cluster/claimer.hpp"
#include "hub/store/postgres/write/writer_state.hpp"

#include <variant>

namespace katydid::store::postgres {

/// What a job's answer is taken from: the work is done by then.
struct Done {};
using CallJobPtr = JobPtr<Done>;

/// Something to be done inside a transaction. Throws SqlError.
using Task = Operation<Session, awaitable<void>>;
/// Something to be read, outside any transaction. Throws SqlError.
using Query = Operation<Connection, awaitable<void>>;

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
