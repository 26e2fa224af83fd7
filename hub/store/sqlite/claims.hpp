// Which deliveries this process holds, and which lanes hand new work straight over.
#pragma once

#include "hub/core/delivery.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <cstdint>
#include <optional>

namespace katydid::store::sqlite {

/// The claims of the one process that has the file open.
///
/// Decides whether a new delivery is handed over at once or waits in its lane. A lane is *open*
/// while nothing older waits in it: only then may new work overtake the index. It closes when
/// the window is full (or claimed work was given back), is announced once, and opens again when
/// a claim found nothing more to do. It owns no rows: after a restart nothing is claimed, and
/// lanes with rows start closed.
///
/// Pure. Thread safety: none; it belongs to the writer's thread.
class Claims {
public:
    struct Held {
        std::int64_t subscriber;
        DeliveryState state;  ///< the stored one, pending or scheduled
        Lane lane;
    };
    /// A position in a lane's index.
    struct Position {
        std::int64_t due_at = 0;
        std::int64_t seq = 0;
        friend auto operator<=>(const Position&, const Position&) = default;
    };
    enum class Admission : std::uint8_t { hand_over, wait, announce };

    explicit Claims(std::uint32_t window_per_subscription) : window_{window_per_subscription} {}

    /// New work of an append: hand it over (it is then held), let it wait, or let it wait and
    /// tell the hub.
    Admission admit(std::int64_t seq, std::int64_t subscriber, Lane lane);
    void hold(std::int64_t seq, const Held& held);
    /// Ends a claim; nullopt when there was none.
    std::optional<Held> drop(std::int64_t seq);
    [[nodiscard]] const Held* find(std::int64_t seq) const noexcept;

    /// Older work waits in the lane from now on.
    void close_lane(std::int64_t subscriber, Lane lane, bool announced);
    void open_lane(std::int64_t subscriber, Lane lane);

    /// Where the next claim of the lane starts: everything before is held or gone.
    [[nodiscard]] Position position(std::int64_t subscriber, Lane lane) const noexcept;
    void advance(std::int64_t subscriber, Lane lane, Position to);
    /// A row appeared (again) at this place.
    void rewind(std::int64_t subscriber, Lane lane, Position to);

private:
    struct LaneState {
        bool open = true;
        bool announced = false;
        Position next{};
    };
    struct Subscriber {
        std::uint32_t held = 0;
        std::array<LaneState, lane_count> lanes;
    };
    LaneState& lane_of(std::int64_t subscriber, Lane lane);

    std::uint32_t window_;
    boost::unordered_flat_map<std::int64_t, Subscriber> subscribers_;
    boost::unordered_flat_map<std::int64_t, Held> held_;
};

}  // namespace katydid::store::sqlite
