// How many deliveries may be under way, in which order, and when they are tried again.
#pragma once

#include "hub/core/clock.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace katydid {

enum class Ordering : std::uint8_t { none, key };

struct Limits {
    std::uint32_t in_flight = 16;  ///< attempts at the same time, at least 1
    double per_second = 0;         ///< 0: no rate limit
    std::uint32_t burst = 0;       ///< 0: as per_second
    Ordering ordering = Ordering::none;
    std::string order_key;  ///< "/json/pointer" or "header:Name"; empty: Event::key
    bool adaptive = false;  ///< in_flight is the most; less while the receiver asks for less
    std::uint64_t payload_bytes = 0;  ///< a larger payload is dead at once; 0: no limit of its own
    friend bool operator==(const Limits&, const Limits&) = default;
};

/// Which schedule a failed attempt follows (docs/robustness.md).
enum class RetryClass : std::uint8_t { full, few, slow, dead };

/// What a subscription says of a status code instead of the standard table.
struct StatusRule {
    unsigned status_min = 0;
    unsigned status_max = 0;  ///< inclusive
    RetryClass retry = RetryClass::full;
    friend bool operator==(const StatusRule&, const StatusRule&) = default;
};

struct RetrySettings {
    std::vector<milliseconds> delays;  ///< before attempt 2, 3, …; empty: the default schedule
    milliseconds age_max{0};           ///< 0: as long as the schedule lasts
    std::vector<StatusRule> statuses;  ///< first match wins; none: the standard table
    friend bool operator==(const RetrySettings&, const RetrySettings&) = default;
};

std::string_view to_text(Ordering ordering) noexcept;
std::string_view to_text(RetryClass retry) noexcept;

}  // namespace katydid
