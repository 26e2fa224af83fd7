// How a subscription is doing now, as its owner sees it.
#pragma once

#include "hub/core/clock.hpp"
#include "hub/core/delivery.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace katydid {

struct SubscriptionState {
    std::uint32_t in_flight = 0;
    std::uint32_t in_flight_limit = 0;  ///< now: less than the setting while the breaker ramps or
                                        ///< the receiver asks for less
    std::uint32_t adaptive_limit = 0;   ///< what adaptive concurrency has found; 0: it is off
    std::array<std::size_t, lane_count> queued{};  ///< in memory, ready to be sent
    bool more_in_store = false;                    ///< and more of it waits in the store
    std::string_view breaker = "closed";           ///< closed, open, probing or ramping
    std::optional<Timestamp> resumes_at;  ///< nothing is sent before: open breaker, Retry-After
};

}  // namespace katydid
