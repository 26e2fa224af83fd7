// Every number an operator can watch, in one struct.
#pragma once

#include "hub/core/delivery.hpp"

#include <memory>
#include <string>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
}  // namespace prometheus

namespace katydid::observe {

/// Prometheus metrics of one hub. Members are cheap to touch: atomics, no look-up, no lock.
///
/// Thread safety: all calls from any thread.
class Metrics {
public:
    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    void event_accepted();
    void event_duplicate();
    void event_rejected(std::string_view reason);  ///< a fixed, small set of reasons
    void request_refused(unsigned status);
    void connection_opened();
    void connection_closed();
    void attempt_ended(AttemptClass outcome, double seconds);
    void delivery_ended(DeliveryState state, double seconds_since_accepted);
    void first_attempt_started(double seconds_since_accepted);
    void attempts_in_flight(double count);
    void deliveries_queued(Lane lane, double count);
    void store_committed(double seconds, std::size_t batch_size);
    void store_health(int health);  ///< 0 ok, 1 full, 2 unavailable, 3 failed

    /// The text exposition format 0.0.4.
    [[nodiscard]] std::string expose() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace katydid::observe
