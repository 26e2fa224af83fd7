// Every number an operator can watch, in one struct.
#pragma once

#include "hub/core/delivery.hpp"

#include <array>
#include <memory>
#include <string>

namespace prometheus {
class Counter;
}  // namespace prometheus

namespace katydid::observe {

class Histogram;

/// Prometheus metrics of one hub. What is counted for every event, attempt, delivery and answered
/// request is cheap to touch: atomics, no look-up, no lock. What is told by a label that is a text
/// (a refusal's reason, a certificate's file) or once a second (ages of queues) is looked up.
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
    // Several loops share these gauges: each tells by how much its own part changed.
    void attempts_in_flight_changed(double by);
    void attempts_in_flight_max_changed(double by);  ///< the limit
    void deliveries_queued_changed(Lane lane, double by);
    void breakers_open_changed(double by);
    void attempts_withheld(double count);     ///< not sent: the lease of their subscription ran out
    void filters_cut_off(std::size_t count);  ///< subscriptions that did not get an event for it
    void operational_event(bool published);   ///< published, or dropped because there were too many
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
    /// \param result  "output", or what kind of fault
    void transform_ran(std::string_view result, double cpu_seconds, double seconds_waited);
    void transform_worker_lost();  ///< one ended that was not meant to, or does not start
    /// Of one loop's pool.
    struct TransformWorkers {
        std::size_t ready = 0;
        std::size_t busy = 0;
        std::size_t waiting = 0;   ///< runs that wait for a worker
        std::uint64_t killed = 0;  ///< so far
    };
    void transform_workers(std::size_t loop, const TransformWorkers& now);
    void store_health(int health);  ///< 0 ok, 1 full, 2 unavailable, 3 failed

    /// The text exposition format 0.0.4.
    [[nodiscard]] std::string expose() const;

private:
    friend class RouteMetrics;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Answered requests of one route. Looks a counter up when it first needs it, and then never.
///
/// The metrics outlive it. Thread safety: none; each loop has its own, and they share the counters.
class RouteMetrics {
public:
    /// \param route  pattern of the route; empty: requests that no route answered
    RouteMetrics(Metrics& metrics, std::string_view route);

    void answered(unsigned status, double seconds);

private:
    Metrics& metrics_;
    std::string route_;
    Histogram& seconds_;
    std::array<prometheus::Counter*, 7> counters_{};  ///< by class of status; the last for others
};

}  // namespace katydid::observe
