// Which lane asks the store for more work next.
#pragma once

#include "hub/dispatch/scheduler/queue.hpp"

namespace katydid::dispatch {

/// Lanes that want a claim, in the order in which they asked, fresh lanes before retries and
/// replays but never to their exclusion. At most so many claims are under way.
/// Thread safety: none. Lanes are dropped before they die.
class ClaimPlan {
public:
    explicit ClaimPlan(std::uint32_t under_way_max) : under_way_max_{under_way_max} {}

    void want(LaneQueue& lane)
    {
        if (!lane.is_linked()) ring(lane).push_back(lane);
    }
    void drop(LaneQueue& lane)
    {
        if (lane.is_linked()) ring(lane).erase(ring(lane).iterator_to(lane));
    }

    /// Takes the next lane out, or nullptr when there is none or too many are under way.
    [[nodiscard]] LaneQueue* take()
    {
        if (under_way_ >= under_way_max_) return nullptr;
        const LaneMask waiting{!rings_[0].empty(), !rings_[1].empty(), !rings_[2].empty()};
        const auto which = picker_.pick(waiting);
        if (!which) return nullptr;
        picker_.charge(*which);
        auto& from = rings_[static_cast<std::size_t>(*which)];
        auto& lane = from.front();
        from.pop_front();
        ++under_way_;
        return &lane;
    }
    void answered() noexcept { --under_way_; }
    [[nodiscard]] std::uint32_t under_way() const noexcept { return under_way_; }

private:
    using Ring = boost::intrusive::list<LaneQueue, boost::intrusive::constant_time_size<false>>;

    Ring& ring(const LaneQueue& lane) { return rings_[static_cast<std::size_t>(lane.lane)]; }

    const std::uint32_t under_way_max_;
    std::uint32_t under_way_ = 0;
    std::array<Ring, lane_count> rings_;
    LanePicker picker_;
};

}  // namespace katydid::dispatch
