#include "hub/observe/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <mutex>
#include <unordered_map>

namespace katydid::observe {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::BuildHistogram;
using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;
using Family = prometheus::Family<Counter>;

const Histogram::BucketBoundaries latency_buckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                  0.05,   0.1,   0.25,   0.5,   1,    2.5,
                                                  5,      10,    30,     60,    300,  3600};
const Histogram::BucketBoundaries batch_buckets{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096};

constexpr std::size_t class_count = 9;
constexpr std::size_t state_count = 6;

Counter& counter(prometheus::Registry& registry, const char* name, const char* help)
{
    return BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help)
{
    return BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

Histogram& histogram(prometheus::Registry& registry, const char* name, const char* help,
                     const Histogram::BucketBoundaries& buckets)
{
    return BuildHistogram().Name(name).Help(help).Register(registry).Add({}, buckets);
}

/// One counter for each value of a small enumeration.
template <class Enum, std::size_t N>
std::array<Counter*, N> counters(prometheus::Registry& registry, const char* name, const char* help,
                                 const char* label)
{
    auto& family = BuildCounter().Name(name).Help(help).Register(registry);
    std::array<Counter*, N> all{};
    for (std::size_t i = 0; i < N; ++i)
        all[i] = &family.Add({{label, std::string{to_text(static_cast<Enum>(i))}}});
    return all;
}

/// Counters by a text label of a bounded set; more than `values_max` values count as "other".
class LabelledCounters {
public:
    LabelledCounters(Family& family, std::string label) : family_{family}, label_{std::move(label)}
    {}

    void increment(std::string_view value)
    {
        const std::scoped_lock lock{mutex_};
        auto found = counters_.find(std::string{value});
        if (found == counters_.end()) {
            const std::string name{counters_.size() < values_max ? value : "other"};
            found = counters_.emplace(name, &family_.Add({{label_, name}})).first;
        }
        found->second->Increment();
    }

private:
    static constexpr std::size_t values_max = 40;
    Family& family_;
    std::string label_;
    std::mutex mutex_;
    std::unordered_map<std::string, Counter*> counters_;
};

}  // namespace

struct Metrics::Impl {
    prometheus::Registry registry;
    Counter& accepted = counter(registry, "katydid_events_accepted_total",
                                "Events stored durably and acknowledged");
    Counter& duplicates = counter(registry, "katydid_events_duplicate_total",
                                  "Events acknowledged without a second fan-out");
    LabelledCounters rejected{BuildCounter()
                                  .Name("katydid_events_rejected_total")
                                  .Help("Events refused, by reason")
                                  .Register(registry),
                              "reason"};
    LabelledCounters refused{BuildCounter()
                                 .Name("katydid_http_refused_total")
                                 .Help("Requests that never reached a route, by status")
                                 .Register(registry),
                             "status"};
    Gauge& connections = gauge(registry, "katydid_http_connections", "Open connections");
    std::array<Counter*, class_count> attempts = counters<AttemptClass, class_count>(
        registry, "katydid_attempts_total", "Delivery attempts, by how they ended", "outcome");
    Histogram& attempt_seconds = histogram(registry, "katydid_attempt_seconds",
                                           "Duration of one attempt", latency_buckets);
    std::array<Counter*, state_count> ended = counters<DeliveryState, state_count>(
        registry, "katydid_deliveries_ended_total", "Deliveries that ended, by state", "state");
    Histogram& end_to_end = histogram(registry, "katydid_delivery_seconds",
                                      "From accepted to delivered", latency_buckets);
    Histogram& first_attempt = histogram(registry, "katydid_first_attempt_seconds",
                                         "From accepted to the first attempt", latency_buckets);
    Gauge& in_flight = gauge(registry, "katydid_attempts_in_flight", "Attempts under way");
    Gauge& in_flight_max = gauge(registry, "katydid_attempts_in_flight_max",
                                 "Attempts that may be under way at the same time");
    prometheus::Family<Gauge>& queued_family
        = BuildGauge()
              .Name("katydid_deliveries_queued")
              .Help("Deliveries in memory that wait for their attempt, by lane")
              .Register(registry);
    std::array<Gauge*, lane_count> queued = [this] {
        std::array<Gauge*, lane_count> all{};
        for (std::size_t i = 0; i < lane_count; ++i)
            all[i] = &queued_family.Add({{"lane", std::string{to_text(static_cast<Lane>(i))}}});
        return all;
    }();
    Gauge& breakers_open = gauge(registry, "katydid_breakers_open",
                                 "Subscriptions whose breaker opened and has not recovered");
    Counter& withheld = counter(registry, "katydid_attempts_withheld_total",
                                "Attempts not started because another hub may own the work");
    Counter& operational = counter(registry, "katydid_operational_events_total",
                                   "Events katydid.* about subscriptions and deliveries");
    Counter& operational_dropped
        = counter(registry, "katydid_operational_events_dropped_total",
                  "Events katydid.* not published because there were too many at once");
    Histogram& commit_seconds = histogram(registry, "katydid_store_commit_seconds",
                                          "One transaction with its fsync", latency_buckets);
    Histogram& commit_batch = histogram(registry, "katydid_store_commit_batch",
                                        "Writes in one transaction", batch_buckets);
    Gauge& store_bytes = gauge(registry, "katydid_store_bytes", "Size of the store on disk");
    Gauge& store_events = gauge(registry, "katydid_store_events", "Events in the store");
    Counter& purged = counter(registry, "katydid_store_purged_total",
                              "Rows deleted because their time was over");
    prometheus::Family<Gauge>& certificate_family
        = BuildGauge()
              .Name("katydid_certificate_expires_seconds")
              .Help("Time that is left to a certificate of the listener")
              .Register(registry);
    Gauge& health = gauge(registry, "katydid_store_health",
                          "0 ok, 1 disk full, 2 unavailable, 3 failed");
};

Metrics::Metrics() : impl_{std::make_unique<Impl>()} {}
Metrics::~Metrics() = default;

void Metrics::event_accepted() { impl_->accepted.Increment(); }
void Metrics::event_duplicate() { impl_->duplicates.Increment(); }
void Metrics::event_rejected(std::string_view reason) { impl_->rejected.increment(reason); }
void Metrics::request_refused(unsigned status) { impl_->refused.increment(std::to_string(status)); }
void Metrics::connection_opened() { impl_->connections.Increment(); }
void Metrics::connection_closed() { impl_->connections.Decrement(); }

void Metrics::attempt_ended(AttemptClass outcome, double seconds)
{
    impl_->attempts[static_cast<std::size_t>(outcome)]->Increment();
    impl_->attempt_seconds.Observe(seconds);
}

void Metrics::delivery_ended(DeliveryState state, double seconds_since_accepted)
{
    impl_->ended[static_cast<std::size_t>(state)]->Increment();
    if (state == DeliveryState::delivered) impl_->end_to_end.Observe(seconds_since_accepted);
}

void Metrics::first_attempt_started(double seconds) { impl_->first_attempt.Observe(seconds); }
void Metrics::attempts_in_flight_changed(double by) { impl_->in_flight.Increment(by); }

void Metrics::attempts_in_flight_max_changed(double by) { impl_->in_flight_max.Increment(by); }

void Metrics::deliveries_queued_changed(Lane lane, double by)
{
    impl_->queued[static_cast<std::size_t>(lane)]->Increment(by);
}

void Metrics::breakers_open_changed(double by) { impl_->breakers_open.Increment(by); }
void Metrics::attempts_withheld(double count) { impl_->withheld.Increment(count); }

void Metrics::operational_event(bool published)
{
    (published ? impl_->operational : impl_->operational_dropped).Increment();
}

void Metrics::store_committed(double seconds, std::size_t batch_size)
{
    impl_->commit_seconds.Observe(seconds);
    impl_->commit_batch.Observe(static_cast<double>(batch_size));
}

void Metrics::store_size(std::uint64_t bytes, std::uint64_t events)
{
    impl_->store_bytes.Set(static_cast<double>(bytes));
    impl_->store_events.Set(static_cast<double>(events));
}

void Metrics::rows_purged(std::uint64_t rows)
{
    impl_->purged.Increment(static_cast<double>(rows));
}

void Metrics::certificate_expires(const std::string& file, double seconds_left)
{
    impl_->certificate_family.Add({{"file", file}}).Set(seconds_left);
}

void Metrics::store_health(int health) { impl_->health.Set(health); }

std::string Metrics::expose() const
{
    return prometheus::TextSerializer{}.Serialize(impl_->registry.Collect());
}

}  // namespace katydid::observe
