// Deletes what is kept long enough, a little at a time, while the hub works.
#pragma once

#include "hub/core/async/periodic.hpp"
#include "hub/observe/metrics.hpp"
#include "hub/registry/tables.hpp"
#include "hub/store/store.hpp"

#include <functional>

namespace katydid::jobs {

/// Sweeps the store once a minute by the retention of the hub and of each tenant, and tells the
/// metrics how large the store is.
///
/// It decides the pace: small batches, and after each a rest of several times its length, so that
/// appends do not notice. Which rows go is the store's decision.
/// Thread safety: none; one loop.
class RetentionSweeper {
public:
    struct Parts {
        store::Store& store;
        const registry::Tables& tables;
        const Clock& clock;
        observe::Metrics& metrics;
        Retention retention;
        /// Ends a tenant that was deleted and has no data any more; empty: its record stays.
        std::function<awaitable<result<void>>(TenantId)> forget_tenant = nullptr;
        /// Deletes a subscription of that version whose time is over; empty: it stays.
        std::function<awaitable<result<void>>(SubscriptionPtr)> end_subscription = nullptr;
    };
    explicit RetentionSweeper(Parts parts);

    /// Until stop().
    awaitable<void> run() { return sweeps_.run(); }
    void stop() { sweeps_.stop(); }

    /// Deletes the subscriptions whose time is over. Returns how many.
    awaitable<std::size_t> end_subscriptions();

    /// One sweep over everything. Returns how many rows went; ends early after stop().
    awaitable<result<std::uint64_t>> sweep();

private:
    [[nodiscard]] store::RetentionPlan plan() const;
    awaitable<void> forget_tenants(Timestamp swept_from);
    awaitable<void> measure();
    awaitable<void> measure_and_sweep();

    Parts parts_;
    Periodic sweeps_;
};

}  // namespace katydid::jobs
