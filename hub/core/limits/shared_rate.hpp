// A rate that many share, so that none of them can use it up.
#pragma once

#include "hub/core/clock.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>

namespace katydid {

/// Token buckets: one of all, and one for each who takes from it. The last tokens of all are for
/// those whose own bucket is full: who has not asked lately gets its first even in a flood.
///
/// Bounded: so many are remembered; more start anew with full buckets of their own.
/// Pure: callers pass the time. Thread safety: none.
class SharedRate {
public:
    struct Bucket {
        double burst = 1;
        double per_second = 1;
    };
    struct Options {
        Bucket all;
        double reserve = 0;  ///< of all's burst
        Bucket one;
    };

    explicit SharedRate(Options options) : options_{options}, all_{options.all.burst} {}

    /// Whether there is a token for `who`; then it is taken.
    [[nodiscard]] bool take(const std::string& who, SteadyTime now);

private:
    struct Level {
        double tokens;
        SteadyTime at{};
        void refill(const Bucket& bucket, SteadyTime now);
    };

    Options options_;
    Level all_;
    std::unordered_map<std::string, Level> ones_;
};

}  // namespace katydid
