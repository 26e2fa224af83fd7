// Deletes rows whose time is over.
#pragma once

#include "hub/store/sqlite/write/writer_state.hpp"

#include <string>
#include <utility>

namespace katydid::store::sqlite {

/// Sweeps deliveries, then events, then words that no event has, then the memory of duplicates,
/// then rejected webhooks, then records that expired and old counts, each in the order of its key
/// and a little at a time, and starts over when it came to the end.
///
/// A row is never looked at before the shortest retention since its acceptance is over, so a
/// sweep over a young store ends at once.
/// Thread safety: none; it belongs to the writer's thread.
class Purger {
public:
    explicit Purger(WriterState& state);

    struct Order {
        RetentionPlan plan;
        Timestamp now;
        std::uint32_t rows_max;
    };
    struct Step {
        std::uint64_t deleted = 0;
        bool at_end = false;  ///< the sweep came to its end and will start over
    };
    Step purge(const Order& order);

private:
    enum class Stage : std::uint8_t {
        deliveries,
        events,
        words,
        dedupe,
        rejected,
        records,
        activity
    };
    struct Rules {
        std::int64_t delivered, dead, dedupe, rejected;  ///< kept when ended at or after this
        std::int64_t newest;                             ///< the latest of the first two
    };

    Rules rules_for(const Order& order, std::int64_t tenant);
    Rules strictest(const Order& order) const;
    bool sweep_deliveries(const Order& order, std::uint64_t& deleted);
    bool sweep_events(const Order& order, std::uint64_t& deleted);
    bool sweep_dedupe(const Order& order, std::uint64_t& deleted);
    bool sweep_rejected(const Order& order, std::uint64_t& deleted);
    bool sweep_records(const Order& order, std::uint64_t& deleted);
    bool sweep_activity(const Order& order, std::uint64_t& deleted);
    void delete_delivery(std::int64_t seq, std::int64_t tenant, DeliveryState state);

    WriterState& state_;
    Statement scan_deliveries_, delete_delivery_, delete_attempts_;
    Statement scan_events_, delete_event_, scan_dedupe_, delete_dedupe_;
    Statement scan_rejected_, delete_rejected_, delete_records_, next_tenant_, delete_activity_;
    Stage stage_ = Stage::deliveries;
    std::int64_t delivery_ = 0;  ///< looked at up to here
    std::int64_t event_ = 0;
    std::int64_t activity_tenant_ = 0;
    std::pair<std::int64_t, std::string> dedupe_{0, {}};  ///< tenant, key
};

}  // namespace katydid::store::sqlite
