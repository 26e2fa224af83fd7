#include "hub/store/sqlite/claims.hpp"

namespace katydid::store::sqlite {

Claims::LaneState& Claims::lane_of(std::int64_t subscriber, Lane lane)
{
    return subscribers_[subscriber].lanes[static_cast<std::size_t>(lane)];
}

Claims::Admission Claims::admit(std::int64_t seq, std::int64_t subscriber, Lane lane)
{
    auto& state = subscribers_[subscriber];
    auto& at = state.lanes[static_cast<std::size_t>(lane)];
    if (at.open && state.held < window_) {
        hold(seq, {subscriber, DeliveryState::pending, lane});
        return Admission::hand_over;
    }
    at.open = false;
    if (at.announced) return Admission::wait;
    at.announced = true;
    return Admission::announce;
}

void Claims::hold(std::int64_t seq, const Held& held)
{
    if (held_.emplace(seq, held).second) ++subscribers_[held.subscriber].held;
}

std::optional<Claims::Held> Claims::drop(std::int64_t seq)
{
    const auto found = held_.find(seq);
    if (found == held_.end()) return std::nullopt;
    const Held held = found->second;
    held_.erase(found);
    --subscribers_[held.subscriber].held;
    return held;
}

const Claims::Held* Claims::find(std::int64_t seq) const noexcept
{
    const auto found = held_.find(seq);
    return found == held_.end() ? nullptr : &found->second;
}

void Claims::close_lane(std::int64_t subscriber, Lane lane, bool announced)
{
    auto& at = lane_of(subscriber, lane);
    at.open = false;
    at.announced = announced;
}

void Claims::open_lane(std::int64_t subscriber, Lane lane)
{
    auto& at = lane_of(subscriber, lane);
    at.open = true;
    at.announced = false;
}

Claims::Position Claims::position(std::int64_t subscriber, Lane lane) const noexcept
{
    const auto found = subscribers_.find(subscriber);
    if (found == subscribers_.end()) return {};
    return found->second.lanes[static_cast<std::size_t>(lane)].next;
}

void Claims::advance(std::int64_t subscriber, Lane lane, Position to)
{
    auto& at = lane_of(subscriber, lane);
    at.next = std::max(at.next, to);
}

void Claims::rewind(std::int64_t subscriber, Lane lane, Position to)
{
    auto& at = lane_of(subscriber, lane);
    at.next = std::min(at.next, to);
}

}  // namespace katydid::store::sqlite
