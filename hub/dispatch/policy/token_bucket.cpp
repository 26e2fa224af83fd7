#include "hub/dispatch/policy/token_bucket.hpp"

#include <algorithm>
#include <cmath>

namespace katydid::dispatch {

void TokenBucket::set_limit(double per_second, std::uint32_t burst) noexcept
{
    if (!(per_second > 0)) {
        interval_ = tolerance_ = std::chrono::nanoseconds{0};
        return;
    }
    // Rounded up, so that rounding never lets one more through. A day is as slow as it gets.
    const auto nanoseconds = std::min(std::ceil(1e9 / per_second), 86'400e9);
    interval_ = std::chrono::nanoseconds{static_cast<std::int64_t>(std::max(nanoseconds, 1.0))};
    const std::int64_t a_second = std::llround(std::min(per_second, 1e9));
    const auto tokens = burst > 0 ? std::int64_t{burst} : std::max<std::int64_t>(1, a_second);
    tolerance_ = interval_ * (tokens - 1);
}

SteadyTime TokenBucket::next_at() const noexcept
{
    if (!is_limited()) return SteadyTime::min();
    return full_at_ - tolerance_;
}

void TokenBucket::take(SteadyTime now) noexcept
{
    if (is_limited()) full_at_ = std::max(full_at_, now) + interval_;
}

}  // namespace katydid::dispatch
