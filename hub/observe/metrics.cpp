#include "hub/observe/metrics.hpp"

#include "hub/observe/histogram.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>
#include <unordered_map>

namespace katydid::observe {
namespace {

using prometheus::BuildCounter;
using prometheus::BuildGauge;
using prometheus::Counter;
using prometheus::Gauge;
using Family = prometheus::Family<Counter>;

const Histogram::Boundaries latency_buckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                            0.05,   0.1,   0.25,   0.5,   1,    2.5,
                                            5,      10,    30,     60,    300,  3600};
const Histogram::Boundaries batch_buckets{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096};

const Histogram::Boundaries lag_buckets{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                        0.01,   0.025,   0.05,   0.1,   0.25,   1};

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

Histogram& histogram(std::deque<HistogramFamily>& families, const char* name, const char* help,
                     const Histogram::Boundaries& boundaries)
{
    return families.emplace_back(name, help).add(boundaries);
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

/// What a route is for: a histogram for each route would be a thousand series.
enum class Area : std::size_t { webhooks, publish, manage, bridge, other };
constexpr std::array<std::string_view, 5> area_names{"webhooks", "publish", "manage", "bridge",
                                                     "other"};

Area area_of(std::string_view route) noexcept
{
    if (route.starts_with("/api/webhooks/")) return Area::webhooks;
    if (route == "/v1/events") return Area::publish;
    if (route.starts_with("/v1/")) return Area::manage;
    return route.starts_with("/api/") ? Area::bridge : Area::other;
}

std::string_view class_of(unsigned status) noexcept
{
    constexpr std::array<std::string_view, 6> names{"0xx", "1xx", "2xx", "3xx", "4xx", "5xx"};
    return status < 600 ? names[status / 100] : "other";
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
    std::deque<HistogramFamily> histograms;
    Counter& accepted = counter(registry, "katydid_events_accepted_total",
                                "Events stored durably and acknowledged");
    Counter& duplicates = counter(registry, "katydid_events_duplicate_total",
                                  "Events acknowledged without a second fan-out");
    LabelledCounters rejected{BuildCounter()
                                  .Name("katydid_events_rejected_total")
                                  .Help("Events refused, by reason")
                                  .Register(registry),
                              "reason"};
    LabelledCounters refused{
        BuildCounter()
            .Name("katydid_http_refused_total")
            .Help("Requests that never reached a route, by status; none: it was not answered")
            .Register(registry),
        "status"};
    Family& requests = BuildCounter()
                           .Name("katydid_http_requests_total")
                           .Help("Requests answered, by route and class of status")
                           .Register(registry);
    std::array<Histogram*, area_names.size()> request_seconds = [this] {
        auto& family = histograms.emplace_back(
            "katydid_http_request_seconds",
            "From the request complete to the answer written, by what it was for");
        std::array<Histogram*, area_names.size()> all{};
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = &family.add(latency_buckets, {{"area", std::string{area_names[i]}}});
        return all;
    }();
    Gauge& connections = gauge(registry, "katydid_http_connections", "Open connections");
    std::array<Counter*, class_count> attempts = counters<AttemptClass, class_count>(
        registry, "katydid_attempts_total", "Delivery attempts, by how they ended", "outcome");
    Histogram& attempt_seconds = histogram(histograms, "katydid_attempt_seconds",
                                           "Duration of one attempt", latency_buckets);
    std::array<Counter*, state_count> ended = counters<DeliveryState, state_count>(
        registry, "katydid_deliveries_ended_total", "Deliveries that ended, by state", "state");
    Histogram& end_to_end = histogram(histograms, "katydid_delivery_seconds",
                                      "From accepted to delivered", latency_buckets);
    Histogram& first_attempt = histogram(histograms, "katydid_first_attempt_seconds",
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
    prometheus::Family<Gauge>& age_family
        = BuildGauge()
              .Name("katydid_queue_age_seconds")
              .Help("How long the oldest delivery of a lane has been due, on each loop")
              .Register(registry);
    Histogram& loop_lag = histogram(histograms, "katydid_loop_lag_seconds",
                                    "How late an event loop called back", lag_buckets);
    Counter& spans_exported = counter(registry, "katydid_trace_spans_exported_total",
                                      "Spans that the collector took");
    Counter& spans_dropped = counter(registry, "katydid_trace_spans_dropped_total",
                                     "Spans lost: too many, or the collector refused them");
    Gauge& build = BuildGauge()
                       .Name("katydid_build_info")
                       .Help("1, with what this hub is")
                       .Register(registry)
                       .Add({{"version", KATYDID_VERSION}}, 1);
    Gauge& breakers_open = gauge(registry, "katydid_breakers_open",
                                 "Subscriptions whose breaker opened and has not recovered");
    Counter& withheld = counter(registry, "katydid_attempts_withheld_total",
                                "Attempts not started because another hub may own the work");
    Counter& cut_off = counter(registry, "katydid_filters_cut_off_total",
                               "Deliveries not made because a content filter took too much work");
    Counter& operational = counter(registry, "katydid_operational_events_total",
                                   "Events katydid.* about subscriptions and deliveries");
    Counter& operational_dropped = counter(
        registry, "katydid_operational_events_dropped_total",
        "Events katydid.* not published because there were too many at once");
    Histogram& commit_seconds = histogram(histograms, "katydid_store_commit_seconds",
                                          "One transaction with its fsync", latency_buckets);
    Histogram& commit_batch = histogram(histograms, "katydid_store_commit_batch",
                                        "Writes in one transaction", batch_buckets);
    Histogram& checkpoint_seconds = histogram(
        histograms, "katydid_store_checkpoint_seconds",
        "One step of copying the write-ahead log into the file", latency_buckets);
    Counter& refused_settlements = counter(
        registry, "katydid_store_refused_settlements_total",
        "Outcomes that came after this hub had lost the subscription to another one");
    Gauge& hubs = gauge(registry, "katydid_hubs", "Hubs that share the store, this one included");
    Gauge& store_bytes = gauge(registry, "katydid_store_bytes", "Size of the store on disk");
    Gauge& store_events = gauge(registry, "katydid_store_events", "Events in the store");
    Counter& purged = counter(registry, "katydid_store_purged_total",
                              "Rows deleted because their time was over");
    prometheus::Family<Gauge>& certificate_family
        = BuildGauge()
              .Name("katydid_certificate_expires_seconds")
              .Help("Time that is left to a certificate of the listener")
              .Register(registry);
    LabelledCounters transform_runs{BuildCounter()
                                        .Name("katydid_transform_runs_total")
                                        .Help("Runs of transforms, by what they came to")
                                        .Register(registry),
                                    "result"};
    Histogram& transform_cpu = histogram(histograms, "katydid_transform_cpu_seconds",
                                         "CPU time of one run of a transform", lag_buckets);
    Histogram& transform_wait = histogram(histograms, "katydid_transform_wait_seconds",
                                          "How long a run waited for a worker", latency_buckets);
    Counter& transform_lost = counter(
        registry, "katydid_transform_workers_lost_total",
        "Workers of transforms that ended by themselves, or did not start");
    Family& transform_killed = BuildCounter()
                                   .Name("katydid_transform_workers_killed_total")
                                   .Help("Workers that did not answer in time, on each loop")
                                   .Register(registry);
    prometheus::Family<Gauge>& transform_workers
        = BuildGauge()
              .Name("katydid_transform_workers")
              .Help("Workers of transforms, on each loop, by state: ready (idle or busy), busy")
              .Register(registry);
    prometheus::Family<Gauge>& transform_waiting
        = BuildGauge()
              .Name("katydid_transform_runs_waiting")
              .Help("Runs that wait for a worker, on each loop")
              .Register(registry);
    Gauge& health = gauge(registry, "katydid_store_health",
                          "0 ok, 1 disk full, 2 unavailable, 3 failed");
};

Metrics::Metrics() : impl_{std::make_unique<Impl>()} {}
Metrics::~Metrics() = default;

void Metrics::event_accepted() { impl_->accepted.Increment(); }
void Metrics::event_duplicate() { impl_->duplicates.Increment(); }
void Metrics::event_rejected(std::string_view reason) { impl_->rejected.increment(reason); }
void Metrics::request_refused(unsigned status)
{
    impl_->refused.increment(status == 0 ? "none" : std::to_string(status));
}

RouteMetrics::RouteMetrics(Metrics& metrics, std::string_view route)
    : metrics_{metrics},
      route_{route.empty() ? "other" : route},
      seconds_{*metrics.impl_->request_seconds[static_cast<std::size_t>(area_of(route))]}
{}

void RouteMetrics::answered(unsigned status, double seconds)
{
    auto& counter = counters_[std::min<std::size_t>(status / 100, counters_.size() - 1)];
    if (counter == nullptr)
        counter = &metrics_.impl_->requests.Add(
            {{"route", route_}, {"status", std::string{class_of(status)}}});
    counter->Increment();
    seconds_.observe(seconds);
}

void Metrics::loop_lag(double seconds) { impl_->loop_lag.observe(std::max(seconds, 0.0)); }

void Metrics::queue_age(Lane lane, std::size_t loop, double seconds)
{
    impl_->age_family.Add({{"lane", std::string{to_text(lane)}}, {"loop", std::to_string(loop)}})
        .Set(std::max(seconds, 0.0));
}

void Metrics::spans_exported(std::size_t count)
{
    impl_->spans_exported.Increment(static_cast<double>(count));
}

void Metrics::spans_dropped(std::uint64_t so_far)
{
    // Only the exporter calls this.
    impl_->spans_dropped.Increment(static_cast<double>(so_far) - impl_->spans_dropped.Value());
}

void Metrics::connection_opened() { impl_->connections.Increment(); }
void Metrics::connection_closed() { impl_->connections.Decrement(); }

void Metrics::attempt_ended(AttemptClass outcome, double seconds)
{
    impl_->attempts[static_cast<std::size_t>(outcome)]->Increment();
    impl_->attempt_seconds.observe(seconds);
}

void Metrics::delivery_ended(DeliveryState state, double seconds_since_accepted)
{
    impl_->ended[static_cast<std::size_t>(state)]->Increment();
    if (state == DeliveryState::delivered) impl_->end_to_end.observe(seconds_since_accepted);
}

void Metrics::first_attempt_started(double seconds) { impl_->first_attempt.observe(seconds); }
void Metrics::attempts_in_flight_changed(double by) { impl_->in_flight.Increment(by); }

void Metrics::attempts_in_flight_max_changed(double by) { impl_->in_flight_max.Increment(by); }

void Metrics::deliveries_queued_changed(Lane lane, double by)
{
    impl_->queued[static_cast<std::size_t>(lane)]->Increment(by);
}

void Metrics::breakers_open_changed(double by) { impl_->breakers_open.Increment(by); }
void Metrics::attempts_withheld(double count) { impl_->withheld.Increment(count); }

void Metrics::filters_cut_off(std::size_t count)
{
    impl_->cut_off.Increment(static_cast<double>(count));
}

void Metrics::operational_event(bool published)
{
    (published ? impl_->operational : impl_->operational_dropped).Increment();
}

void Metrics::store_committed(double seconds, std::size_t batch_size)
{
    impl_->commit_seconds.observe(seconds);
    impl_->commit_batch.observe(static_cast<double>(batch_size));
}

void Metrics::store_checkpointed(double seconds) { impl_->checkpoint_seconds.observe(seconds); }

void Metrics::settlements_refused(std::size_t count)
{
    impl_->refused_settlements.Increment(static_cast<double>(count));
}

void Metrics::set_hubs(std::size_t alive) { impl_->hubs.Set(static_cast<double>(alive)); }

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

void Metrics::transform_ran(std::string_view result, double cpu_seconds, double seconds_waited)
{
    impl_->transform_runs.increment(result);
    impl_->transform_cpu.observe(cpu_seconds);
    impl_->transform_wait.observe(seconds_waited);
}

void Metrics::transform_worker_lost() { impl_->transform_lost.Increment(); }

void Metrics::transform_workers(std::size_t loop, const TransformWorkers& now)
{
    const auto number = std::to_string(loop);
    const auto set = [&](const char* state, std::size_t count) {
        impl_->transform_workers.Add({{"loop", number}, {"state", state}})
            .Set(static_cast<double>(count));
    };
    set("ready", now.ready);
    set("busy", now.busy);
    impl_->transform_waiting.Add({{"loop", number}}).Set(static_cast<double>(now.waiting));
    auto& killed = impl_->transform_killed.Add({{"loop", number}});
    killed.Increment(static_cast<double>(now.killed) - killed.Value());
}

void Metrics::store_health(int health) { impl_->health.Set(health); }

std::string Metrics::expose() const
{
    auto families = impl_->registry.Collect();
    for (const auto& family : impl_->histograms) families.push_back(family.collect());
    return prometheus::TextSerializer{}.Serialize(families);
}

}  // namespace katydid::observe
