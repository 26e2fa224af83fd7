// Deletes what nobody needs any more, a little at a time, while the hub works.
#pragma once

#include "hub/observe/metrics.hpp"
#include "hub/registry/tables.hpp"
#include "hub/store/store.hpp"

#include <boost/asio/steady_timer.hpp>

namespace katydid {

/// Sweeps the store once a minute by the retention of the hub and of each tenant, and tells the
/// metrics how large the store is.
///
/// It decides the pace: small batches, and after each a rest of several times its length, so that
/// appends do not notice. Which rows go is the store's decision.
/// Thread safety: the executor's thread only.
class Caretaker {
public:
    struct Parts {
        asio::any_io_executor executor;
        store::Store& store;
        const registry::Tables& tables;
        const Clock& clock;
        observe::Metrics& metrics;
        Retention retention;
    };
    explicit Caretaker(Parts parts);

    /// Until stop().
    awaitable<void> run();
    void stop();

    /// One sweep over everything. Returns how many rows went; ends early after stop().
    awaitable<result<std::uint64_t>> sweep();

private:
    [[nodiscard]] store::RetentionPlan plan() const;
    awaitable<void> measure();
    awaitable<void> rest(SteadyTime::duration time);

    Parts parts_;
    asio::steady_timer timer_;
    bool stopped_ = false;
};

}  // namespace katydid
