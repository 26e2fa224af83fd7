// The one place where events, deliveries and settings are kept.
#pragma once

#include "hub/store/audit_log.hpp"
#include "hub/store/deliveries.hpp"
#include "hub/store/event_log.hpp"
#include "hub/store/listener.hpp"
#include "hub/store/maintenance.hpp"
#include "hub/store/owners.hpp"
#include "hub/store/queries.hpp"
#include "hub/store/records.hpp"
#include "hub/store/rejected.hpp"
#include "hub/store/work_queue.hpp"

namespace katydid::store {

/// A durable store in batches and awaitables.
///
/// Each interface is what one kind of user needs; a store is all of them.
/// Lifetime: arguments are taken by value; the store outlives every pending call.
/// Cancellation: a call that was queued is carried out all the same; terminal cancellation only
/// stops the wait for it. Completions of one loop arrive in the order of their commits, and after
/// the Listener's calls of the same commit.
/// Errors of every call: store_full (nothing was written, try later), store_unavailable,
/// store_failed (the process must end), shutting_down, over_limit (the queue is full).
/// Thread safety: all calls from any thread.
class Store : public EventLog,
              public WorkQueue,
              public Deliveries,
              public Queries,
              public Records,
              public RejectedWebhooks,
              public AuditLog,
              public Maintenance,
              public Owners {
public:
    /// Who hears of commits, work and health. Called once, before the first append.
    virtual void set_listener(Listener* listener) = 0;
    /// Of several shards: the best of theirs.
    [[nodiscard]] virtual Health health() const noexcept = 0;
    // Shards: parts that keep some tenants each, and fail each by itself. Most stores are one.
    [[nodiscard]] virtual std::size_t shard_count() const noexcept { return 1; }
    /// shard_count(): one that the settings do not name.
    [[nodiscard]] virtual std::size_t shard_of(TenantId) const noexcept { return 0; }
    [[nodiscard]] virtual std::string shard_name(std::size_t) const { return {}; }
    [[nodiscard]] virtual Health shard_health(std::size_t) const noexcept { return health(); }
    /// Finishes what is queued, checkpoints and closes. Blocks; may be called twice.
    virtual void close() = 0;
};

}  // namespace katydid::store
