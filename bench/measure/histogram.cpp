#include "bench/measure/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace katydid::bench {

namespace {

constexpr unsigned linear_bits = 11;  // 2,048 exact buckets
constexpr unsigned value_bits = 42;   // 2^42 ns are 73 minutes
constexpr std::uint64_t half = std::uint64_t{1} << (linear_bits - 1);
constexpr std::uint64_t value_max = (std::uint64_t{1} << value_bits) - 1;
constexpr std::size_t bucket_count = 2 * half + (value_bits - linear_bits) * half;

std::size_t bucket_of(std::uint64_t value) noexcept
{
    if (value < 2 * half) return value;
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - linear_bits;
    return 2 * half + (shift - 1) * half + ((value >> shift) - half);
}

/// The highest value that falls into a bucket.
std::uint64_t top_of(std::size_t bucket) noexcept
{
    if (bucket < 2 * half) return bucket;
    const auto shift = static_cast<unsigned>((bucket - 2 * half) / half) + 1;
    const auto within = (bucket - 2 * half) % half + half;
    return ((within + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : buckets_(bucket_count) {}

void Histogram::record(nanoseconds value, std::uint64_t times) noexcept
{
    const auto ticks = std::max<std::int64_t>(value.count(), 0);
    const auto clamped = std::min(static_cast<std::uint64_t>(ticks), value_max);
    buckets_[bucket_of(clamped)] += times;
    count_ += times;
    sum_ += static_cast<double>(clamped) * static_cast<double>(times);
    max_ = std::max(max_, static_cast<std::int64_t>(clamped));
}

void Histogram::merge(const Histogram& other) noexcept
{
    for (std::size_t i = 0; i < bucket_count; ++i) buckets_[i] += other.buckets_[i];
    count_ += other.count_;
    sum_ += other.sum_;
    max_ = std::max(max_, other.max_);
}

void Histogram::clear() noexcept
{
    if (count_ == 0) return;
    std::fill(buckets_.begin(), buckets_.end(), 0);
    count_ = 0;
    sum_ = 0;
    max_ = 0;
}

nanoseconds Histogram::mean() const noexcept
{
    if (count_ == 0) return nanoseconds{0};
    return nanoseconds{static_cast<std::int64_t>(sum_ / static_cast<double>(count_))};
}

nanoseconds Histogram::percentile(double percent) const noexcept
{
    if (count_ == 0) return nanoseconds{0};
    const auto wanted = std::ceil(percent / 100.0 * static_cast<double>(count_));
    const auto rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, count_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < bucket_count; ++i) {
        seen += buckets_[i];
        if (seen >= rank) return nanoseconds{std::min(static_cast<std::int64_t>(top_of(i)), max_)};
    }
    return max();
}

}  // namespace katydid::bench
