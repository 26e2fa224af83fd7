// A histogram that many threads may feed without waiting for each other.
#pragma once

#include <prometheus/metric_family.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace katydid::observe {

/// Counts values by bucket. prometheus-cpp's own takes a mutex for every value.
///
/// Thread safety: all calls from any thread; observe() is a search in a short array and two
/// atomic additions.
class Histogram {
public:
    using Boundaries = std::vector<double>;  ///< upper bounds, rising; +Inf is added

    explicit Histogram(const Boundaries& boundaries);

    void observe(double value) noexcept;
    [[nodiscard]] prometheus::ClientMetric collect() const;

private:
    const Boundaries& boundaries_;
    std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;  ///< one more than boundaries
    std::atomic<double> sum_ = 0;
};

/// Histograms of one name. Add them before the first collect(); they stay where they are.
class HistogramFamily {
public:
    HistogramFamily(std::string name, std::string help)
        : name_{std::move(name)},
          help_{std::move(help)}
    {}

    using Labels = std::vector<prometheus::ClientMetric::Label>;
    /// \param boundaries  outlive the family
    Histogram& add(const Histogram::Boundaries& boundaries, Labels labels = {});
    [[nodiscard]] prometheus::MetricFamily collect() const;

private:
    struct Member {
        Member(const Histogram::Boundaries& boundaries, Labels said)
            : labels{std::move(said)},
              histogram{boundaries}
        {}
        Labels labels;
        Histogram histogram;
    };

    std::string name_;
    std::string help_;
    std::deque<Member> members_;
};

}  // namespace katydid::observe
