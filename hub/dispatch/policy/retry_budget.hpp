// Keeps retries from drowning first attempts.
#pragma once

#include <algorithm>
#include <cstdint>

namespace katydid::dispatch {

/// Failures spend, successes earn (the retry throttling of gRPC, proposal A6, per subscription).
/// While more than half is spent, retries go one at a time: a receiver in trouble gets first
/// attempts and a trickle of retries, and a receiver that answers gets all of them.
/// Thread safety: none; it belongs to its subscription's loop.
class RetryBudget {
public:
    static constexpr std::int32_t full = 100;

    void record(bool success) noexcept
    {
        tokens_ = std::clamp(tokens_ + (success ? 1 : -1), 0, full);
    }
    [[nodiscard]] bool is_spent() const noexcept { return tokens_ <= full / 2; }

private:
    std::int32_t tokens_ = full;
};

}  // namespace katydid::dispatch
