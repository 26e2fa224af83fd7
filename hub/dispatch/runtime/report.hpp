// What people see of dispatching: one log line an attempt, and the metrics.
#pragma once

#include "hub/dispatch/scheduler/actions.hpp"

#include <array>

namespace katydid::observe {
class Metrics;
class Tracer;
}  // namespace katydid::observe

namespace katydid::dispatch {

class Scheduler;

/// An attempt ended: its metrics, and one wide line. Successes are debug lines, since a busy hub
/// has thousands a second; failures are info, dead deliveries warnings.
void report_attempt(const Settle& settle, observe::Metrics* metrics);
/// The attempt as a span below the one that stored the event; its id is the one that was sent.
void trace_attempt(const Settle& settle, observe::Tracer& tracer);
void report_start(observe::Metrics& metrics, const Item& item);
/// A delivery's new state is committed.
void report_settled(observe::Metrics& metrics, const Settle& settle);
void report_notice(const SubscriptionNotice& notice);

/// One loop's part of the gauges that all loops share: each tells only what changed.
/// Thread safety: none.
class Gauges {
public:
    void report(observe::Metrics& metrics, const Scheduler& scheduler);

private:
    double in_flight_ = 0;
    double breakers_open_ = 0;
    double limit_ = 0;
    std::array<double, lane_count> queued_{};
};

}  // namespace katydid::dispatch
