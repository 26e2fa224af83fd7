// Which deliveries this process holds, and which lanes hand new work straight over.
#pragma once

#include "hub/core/delivery.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstdint>
#include <optional>

namespace katydid::store {

/// The claims of one process.
///
/// Decides whether a new delivery is handed over at once or waits in its lane. A lane is *open*
/// while nothing older waits in it: only then may new work overtake the index. It closes when
/// the window is full (or claimed work was given back), is announced once, and opens again when
/// a claim found nothing more to do. It owns no rows: after a restart nothing is claimed, and
/// lanes with rows start closed.
///
/// `RowKey` names a delivery's row; `HeldRow` is what is remembered of a held one: `subscriber`,
/// stored state, lane, then what a store likes.
///
/// Pure. Thread safety: none; it belongs to the writer's thread.
template <class RowKey, class HeldRow>
class BasicClaims {
public:
    using Held = HeldRow;
    using Subscriber = decltype(HeldRow::subscriber);
    /// A position in a lane's index.
    struct Position {
        std::int64_t due_at = 0;
        RowKey seq{};
        friend auto operator<=>(const Position&, const Position&) = default;
    };
    enum class Admission : std::uint8_t { hand_over, wait, announce };

    explicit BasicClaims(std::uint32_t window_per_subscription) : window_{window_per_subscription}
    {}

    /// New work of an append: hand it over (it is then held), let it wait, or let it wait and
    /// tell the hub.
    Admission admit(const RowKey& row, const Subscriber& subscriber, Lane lane)
    {
        auto& state = subscribers_[subscriber];
        auto& at = state.lanes[static_cast<std::size_t>(lane)];
        if (at.open && state.held < window_) {
            hold(row, Held{subscriber, DeliveryState::pending, lane});
            return Admission::hand_over;
        }
        at.open = false;
        if (at.announced) return Admission::wait;
        at.announced = true;
        return Admission::announce;
    }

    void hold(const RowKey& row, const Held& held)
    {
        if (held_.emplace(row, held).second) ++subscribers_[held.subscriber].held;
    }

    /// Ends a claim; nullopt when there was none.
    std::optional<Held> drop(const RowKey& row)
    {
        const auto found = held_.find(row);
        if (found == held_.end()) return std::nullopt;
        const Held held = found->second;
        held_.erase(found);
        --subscribers_[held.subscriber].held;
        return held;
    }

    [[nodiscard]] const Held* find(const RowKey& row) const noexcept
    {
        const auto found = held_.find(row);
        return found == held_.end() ? nullptr : &found->second;
    }

    [[nodiscard]] std::size_t count_held() const noexcept { return held_.size(); }
    [[nodiscard]] std::uint32_t count_held(const Subscriber& subscriber) const noexcept
    {
        const auto found = subscribers_.find(subscriber);
        return found == subscribers_.end() ? 0 : found->second.held;
    }

    /// Ends all claims of a subscriber and forgets its lanes: somebody else owns it now.
    void forget(const Subscriber& subscriber)
    {
        if (subscribers_.erase(subscriber) == 0) return;
        boost::unordered::erase_if(
            held_, [&](const auto& each) { return each.second.subscriber == subscriber; });
    }

    /// Older work waits in the lane from now on.
    void close_lane(const Subscriber& subscriber, Lane lane, bool announced)
    {
        auto& at = lane_of(subscriber, lane);
        at.open = false;
        at.announced = announced;
    }

    /// The same for work that another process wrote; true when the hub is to be told of it.
    bool note_work(const Subscriber& subscriber, Lane lane)
    {
        auto& at = lane_of(subscriber, lane);
        at.open = false;
        return !std::exchange(at.announced, true);
    }

    void open_lane(const Subscriber& subscriber, Lane lane)
    {
        auto& at = lane_of(subscriber, lane);
        at.open = true;
        at.announced = false;
    }

    [[nodiscard]] bool is_announced(const Subscriber& subscriber, Lane lane) const noexcept
    {
        const auto found = subscribers_.find(subscriber);
        return found != subscribers_.end()
               && found->second.lanes[static_cast<std::size_t>(lane)].announced;
    }

    /// Where the next claim of the lane starts: everything before is held or gone.
    [[nodiscard]] Position position(const Subscriber& subscriber, Lane lane) const noexcept
    {
        const auto found = subscribers_.find(subscriber);
        if (found == subscribers_.end()) return {};
        return found->second.lanes[static_cast<std::size_t>(lane)].next;
    }

    void advance(const Subscriber& subscriber, Lane lane, const Position& to)
    {
        auto& at = lane_of(subscriber, lane);
        at.next = std::max(at.next, to);
    }

    /// A row appeared (again) at this place.
    void rewind(const Subscriber& subscriber, Lane lane, const Position& to)
    {
        auto& at = lane_of(subscriber, lane);
        at.next = std::min(at.next, to);
        ++at.rewinds;
    }

    /// Counts `rewind`: a search that was under way meanwhile may have missed a row.
    [[nodiscard]] std::uint64_t count_rewinds(const Subscriber& subscriber,
                                              Lane lane) const noexcept
    {
        const auto found = subscribers_.find(subscriber);
        if (found == subscribers_.end()) return 0;
        return found->second.lanes[static_cast<std::size_t>(lane)].rewinds;
    }

private:
    struct LaneState {
        bool open = true;
        bool announced = false;
        std::uint64_t rewinds = 0;
        Position next{};
    };
    struct SubscriberState {
        std::uint32_t held = 0;
        std::array<LaneState, lane_count> lanes;
    };

    LaneState& lane_of(const Subscriber& subscriber, Lane lane)
    {
        return subscribers_[subscriber].lanes[static_cast<std::size_t>(lane)];
    }

    std::uint32_t window_;
    boost::unordered_flat_map<Subscriber, SubscriberState, std::hash<Subscriber>> subscribers_;
    boost::unordered_flat_map<RowKey, Held, std::hash<RowKey>> held_;
};

}  // namespace katydid::store
