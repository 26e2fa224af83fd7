#include "hub/observe/histogram.hpp"

#include <algorithm>
#include <limits>

namespace katydid::observe {

Histogram::Histogram(const Boundaries& boundaries)
    : boundaries_{boundaries},
      counts_{std::make_unique<std::atomic<std::uint64_t>[]>(boundaries.size() + 1)}
{}

void Histogram::observe(double value) noexcept
{
    const auto bucket = std::ranges::lower_bound(boundaries_, value) - boundaries_.begin();
    counts_[static_cast<std::size_t>(bucket)].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(value, std::memory_order_relaxed);
}

prometheus::ClientMetric Histogram::collect() const
{
    prometheus::ClientMetric metric;
    auto& out = metric.histogram;
    for (std::size_t i = 0; i <= boundaries_.size(); ++i) {
        out.sample_count += counts_[i].load(std::memory_order_relaxed);
        const auto bound = i < boundaries_.size() ? boundaries_[i]
                                                  : std::numeric_limits<double>::infinity();
        out.bucket.push_back({out.sample_count, bound});
    }
    out.sample_sum = sum_.load(std::memory_order_relaxed);
    return metric;
}

Histogram& HistogramFamily::add(const Histogram::Boundaries& boundaries, Labels labels)
{
    return members_.emplace_back(boundaries, std::move(labels)).histogram;
}

prometheus::MetricFamily HistogramFamily::collect() const
{
    prometheus::MetricFamily family{name_, help_, prometheus::MetricType::Histogram, {}};
    for (const auto& member : members_) {
        auto metric = member.histogram.collect();
        metric.label = member.labels;
        family.metric.push_back(std::move(metric));
    }
    return family;
}

}  // namespace katydid::observe
