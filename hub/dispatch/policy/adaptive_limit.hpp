// How many at the same time a receiver bears, found out by trying.
#pragma once

#include <algorithm>
#include <cstdint>

namespace katydid::dispatch {

/// Halves when the receiver asks for less (a timeout, 429, 503), grows by one for every window of
/// as many successes as may be in flight: additive increase, multiplicative decrease.
///
/// Attempts that were under way when it halved do not halve it again: pass the epoch of the start.
/// Pure. Thread safety: none; it belongs to its subscription's loop.
class AdaptiveLimit {
public:
    /// New settings. What was found out stays, as far as it fits them.
    /// \param limit_max  at least 1
    void configure(bool enabled, std::uint32_t limit_max) noexcept
    {
        const bool was_full = !enabled_ || current_ >= limit_max_;
        enabled_ = enabled;
        limit_max_ = limit_max;
        current_ = was_full ? limit_max : std::min(current_, limit_max);
    }

    [[nodiscard]] bool is_enabled() const noexcept { return enabled_; }
    [[nodiscard]] std::uint32_t current() const noexcept { return current_; }
    [[nodiscard]] std::uint32_t epoch() const noexcept { return epoch_; }

    enum class Sign : std::uint8_t { success, asks_for_less, neither };
    void record(Sign sign, std::uint32_t epoch) noexcept
    {
        if (!enabled_ || epoch != epoch_) return;
        if (sign == Sign::asks_for_less) {
            current_ = std::max(current_ / 2, 1U);
            successes_ = 0;
            ++epoch_;
        } else if (sign == Sign::success && ++successes_ >= current_) {
            successes_ = 0;
            if (current_ < limit_max_) ++current_;
        }
    }

private:
    bool enabled_ = false;
    std::uint32_t limit_max_ = 1;
    std::uint32_t current_ = 1;
    std::uint32_t successes_ = 0;  ///< in this window
    std::uint32_t epoch_ = 0;      ///< counts halvings
};

}  // namespace katydid::dispatch
