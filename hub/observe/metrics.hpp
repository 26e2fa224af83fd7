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
    /// A request was answered. `route` is the pattern of its route; there are as many as routes.
    void request_answered(std::string_view route, unsigned status, double seconds);
    void connection_opened();
    void connection_closed();
    void attempt_ended(AttemptClass outcome, double seconds);
    void delivery_ended(DeliveryState state, double seconds_since_accepted);
    void first_attempt_started(double seconds_since_accepted);
    // Several loops share these gauges: each tells by how much its own part changed.
    void attempts_in_flight_changed(double by);
    void attempts_in_flight_max_changed(double by);  ///< the limit
    void deliveries_queued_changed(Lane lane, double by);
    void breakers_open_changed(double by);
    void attempts_withheld(double count);    ///< not sent: the lease of their subscription ran out
    void operational_event(bool published);  ///< published, or dropped because there were too many
    void store_committed(double seconds, std::size_t batch_size);
    void store_checkpointed(double seconds);
    void settlements_refused(std::size_t count);
    void set_hubs(std::size_t alive);
    void store_size(std::uint64_t bytes, std::uint64_t events);
    void rows_purged(std::uint64_t rows);
    void certificate_expires(const std::string& file, double seconds_left);
    void loop_lag(double seconds);  ///< how late a loop called back
    /// How long the oldest delivery of a lane has been due, on one loop; 0: none is.
    void queue_age(Lane lane, std::size_t loop, double seconds);
    void spans_exported(std::size_t count);
    void spans_dropped(std::uint64_t so_far);
    void store_health(int health);  ///< 0 ok, 1 full, 2 unavailable, 3 failed

    /// The text exposition format 0.0.4.
    [[nodiscard]] std::string expose() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace katydid::observe
