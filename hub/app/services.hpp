// What a hub has one of, on its first loop.
#pragma once

#include "hub/app/loop_context.hpp"
#include "hub/app/runtime_limits.hpp"
#include "hub/bridge/bridge.hpp"
#include "hub/jobs/replay_jobs.hpp"
#include "hub/jobs/retention_sweeper.hpp"

namespace katydid {

/// Asks the loop that owns a subscription how it is doing.
using StateOf = std::function<awaitable<SubscriptionState>(SubscriptionId)>;

/// Built after the loops' contexts and before the event loops, which serve them.
///
/// Lifetime: call stop() and join the contexts before it goes. Thread safety: each member's own.
struct Services {
    /// \param first  whose loop they live on
    Services(Resources& resources, LoopContext& first, StateOf ask);

    /// On the first loop.
    void start(const asio::any_io_executor& executor);
    void stop();

    const StateOf state_of;
    RuntimeLimits limits;
    jobs::ReplayJobs replay_jobs;
    bridge::Bridge bridge;
    jobs::RetentionSweeper retention;
};

}  // namespace katydid
