// Latencies in log-linear buckets, as HdrHistogram does: three significant digits at any scale.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace katydid::bench {

using std::chrono::nanoseconds;

/// Counts durations from 0 to 73 minutes (longer ones count as that) with an error of at most
/// 0.1 %. Exact below 2,048 ns; above, every power of two is cut into 1,024 equal buckets.
///
/// Thread safety: none; each thread records into its own, and they are merged afterwards.
class Histogram {
public:
    Histogram();

    void record(nanoseconds value) noexcept { record(value, 1); }
    void record(nanoseconds value, std::uint64_t times) noexcept;
    void merge(const Histogram& other) noexcept;
    void clear() noexcept;

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] nanoseconds max() const noexcept { return nanoseconds{max_}; }
    [[nodiscard]] nanoseconds mean() const noexcept;

    /// The smallest recorded value, to bucket precision, that `percent` of all values do not
    /// exceed. 0 when nothing was recorded. \param percent  in [0, 100]
    [[nodiscard]] nanoseconds percentile(double percent) const noexcept;

private:
    std::vector<std::uint64_t> buckets_;
    std::uint64_t count_ = 0;
    std::int64_t max_ = 0;
    double sum_ = 0;
};

}  // namespace katydid::bench
