// An exact rate limit: so many per second, with a burst.
#pragma once

#include "hub/core/clock.hpp"

#include <cstdint>

namespace katydid::dispatch {

/// A token bucket kept as one point in time (the generic cell rate algorithm, ITU-T I.371): the
/// moment at which the bucket would be full again. Nothing is refilled, so nothing drifts.
///
/// Within any window of length t at most burst + rate × t tokens are taken.
/// Thread safety: none; it belongs to its subscription's loop.
class TokenBucket {
public:
    /// Without a limit.
    TokenBucket() = default;

    /// \param per_second  0 or less: no limit
    /// \param burst       tokens of a full bucket; 0: one second's worth, at least 1
    void set_limit(double per_second, std::uint32_t burst) noexcept;

    [[nodiscard]] bool is_limited() const noexcept { return interval_.count() > 0; }
    [[nodiscard]] bool has_token(SteadyTime now) const noexcept { return now >= next_at(); }
    /// When the next token is there; in the past when there is one now.
    [[nodiscard]] SteadyTime next_at() const noexcept;
    /// Takes a token that has_token() promised.
    void take(SteadyTime now) noexcept;

private:
    std::chrono::nanoseconds interval_{0};   ///< between two tokens
    std::chrono::nanoseconds tolerance_{0};  ///< how far ahead of time a burst may run
    SteadyTime full_at_{};
};

}  // namespace katydid::dispatch
