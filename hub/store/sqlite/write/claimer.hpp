// Finds the due work of a lane.
#pragma once

#include "hub/store/sqlite/write/writer_state.hpp"
#include "hub/store/shared/event_cache.hpp"

namespace katydid::store::sqlite {

/// Hands out waiting deliveries, and after a commit the new ones at once.
/// Thread safety: none; it belongs to the writer's thread.
class Claimer {
public:
    Claimer(WriterState& state, std::size_t cache_bytes_max);

    Claimed claim(const Claim& claim);
    void release(const std::vector<DeliveryId>& deliveries);
    /// Its content changed: the next claim reads it anew.
    void forget_event(std::int64_t seq);
    /// What waits, by subscription and lane.
    std::vector<Backlog> backlog();
    /// At start: lanes that hold rows hand nothing over until they were claimed empty.
    void close_lanes_with_rows();

    struct News {
        std::vector<Work> works;
        std::vector<Backlog> backlog;
    };
    /// Turns what the batch changed into work and announcements. Called after the commit.
    News apply_effects(bool somebody_listens);

private:
    std::vector<std::int64_t> find_due(const Claim& claim, std::int64_t subscriber, Claimed& out);
    std::optional<Work> load(std::int64_t seq, const Claim& claim);
    void apply_moved(News& news);

    WriterState& state_;
    EventCache<std::int64_t> cache_;
    Statement scan_, load_, load_event_, next_lane_;
};

}  // namespace katydid::store::sqlite
