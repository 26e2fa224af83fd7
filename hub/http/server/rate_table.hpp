// Rate limits for many callers, in bounded memory.
#pragma once

#include "hub/core/clock.hpp"

#include <algorithm>
#include <cmath>
#include <list>
#include <unordered_map>
#include <utility>

namespace katydid::http {

/// So many per second, and so many at once.
struct Rate {
    double per_second = 0;    ///< 0: no limit
    std::uint32_t burst = 0;  ///< 0: one second's worth, at least 1

    [[nodiscard]] bool is_limited() const noexcept { return per_second > 0; }
};

/// A token bucket for each key (the generic cell rate algorithm: a bucket is the moment at which
/// it would be full again).
///
/// Remembers `keys_max` keys at most: a new one takes the place of the one unseen for longest,
/// which starts anew with a full bucket when it comes back.
/// Pure: callers pass the time. Thread safety: none.
template <class Key, class Hash = std::hash<Key>>
class RateTable {
public:
    RateTable(Rate rate, std::size_t keys_max) : keys_max_{std::max<std::size_t>(1, keys_max)}
    {
        if (!rate.is_limited()) return;
        interval_ = std::chrono::nanoseconds{
            static_cast<std::int64_t>(std::clamp(std::ceil(1e9 / rate.per_second), 1.0, 86'400e9))};
        const auto tokens = rate.burst > 0 ? rate.burst
                                           : std::max(1.0, std::min(rate.per_second, 1e9));
        tolerance_ = interval_ * (static_cast<std::int64_t>(tokens) - 1);
    }

    /// Takes a token. Zero: there was one; else how long to wait for the next.
    std::chrono::nanoseconds take(const Key& key, SteadyTime now)
    {
        if (interval_.count() == 0) return {};
        SteadyTime& full_at = touch(key, now);
        const auto wait = full_at - tolerance_ - now;
        if (wait > wait.zero()) return wait;
        full_at = std::max(full_at, now) + interval_;
        return {};
    }

    [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }

private:
    using Bucket = std::pair<Key, SteadyTime>;

    SteadyTime& touch(const Key& key, SteadyTime now)
    {
        const auto [place, is_new] = places_.try_emplace(key);
        if (!is_new) {
            buckets_.splice(buckets_.begin(), buckets_, place->second);
            return place->second->second;
        }
        buckets_.emplace_front(key, now);
        place->second = buckets_.begin();
        if (places_.size() > keys_max_) {
            places_.erase(buckets_.back().first);
            buckets_.pop_back();
        }
        return buckets_.front().second;
    }

    std::size_t keys_max_;
    std::chrono::nanoseconds interval_{0};   ///< between two tokens; 0: no limit
    std::chrono::nanoseconds tolerance_{0};  ///< how far ahead of time a burst may run
    std::list<Bucket> buckets_;              ///< seen last first
    std::unordered_map<Key, typename std::list<Bucket>::iterator, Hash> places_;
};

}  // namespace katydid::http
