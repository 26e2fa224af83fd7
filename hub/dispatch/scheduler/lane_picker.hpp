// Which lane of a subscription goes next.
#pragma once

#include "hub/core/delivery.hpp"

#include <array>
#include <optional>

namespace katydid::dispatch {

using LaneMask = std::array<bool, lane_count>;

/// Weighted turns: in every round the fresh lane goes up to 16 times, retries 4 times, replays
/// once, fresh first. A lane without work gives its turns away, so none is wasted, none starves.
/// Thread safety: none.
class LanePicker {
public:
    static constexpr std::array<std::uint8_t, lane_count> weights{16, 4, 1};

    /// The next lane among the eligible ones; nullopt when there is none.
    [[nodiscard]] std::optional<Lane> pick(const LaneMask& eligible) noexcept
    {
        if (eligible == LaneMask{}) return std::nullopt;
        for (int round = 0; round < 2; ++round) {
            for (std::size_t lane = 0; lane < lane_count; ++lane)
                if (eligible[lane] && credits_[lane] > 0) return static_cast<Lane>(lane);
            credits_ = weights;
        }
        return std::nullopt;
    }

    /// Counts a turn of the lane that pick() named.
    void charge(Lane lane) noexcept { --credits_[static_cast<std::size_t>(lane)]; }

private:
    std::array<std::uint8_t, lane_count> credits_{weights};
};

}  // namespace katydid::dispatch
