// Deletes rows whose retention is over.
#pragma once

#include "hub/store/shared/retention_rules.hpp"
#include "hub/store/sqlite/write/writer_state.hpp"

#include <string>
#include <unordered_map>
#include <utility>

namespace katydid::store::sqlite {

/// Sweeps deliveries, then events, then names that no event has, then the memory of duplicates,
/// then rejected webhooks, then records that expired and old counts, each in the order of its key
/// and a little at a time, and starts over when it came to the end.
///
/// A row is never looked at before the shortest retention since its acceptance is over, so a
/// sweep over a young store ends at once.
/// Thread safety: none; it belongs to the writer's thread.
class Purger {
public:
    explicit Purger(WriterState& state);

    PurgeStep purge(const Purge& order);

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
    [[nodiscard]] RetentionRules rules(const Purge& order, std::int64_t tenant) const;
    bool sweep_deliveries(const Purge& order, std::uint64_t& deleted);
    bool sweep_events(const Purge& order, std::uint64_t& deleted);
    bool sweep_dedupe(const Purge& order, std::uint64_t& deleted);
    bool sweep_rejected(const Purge& order, std::uint64_t& deleted);
    bool sweep_records(const Purge& order, std::uint64_t& deleted);
    bool sweep_activity(const Purge& order, std::uint64_t& deleted);
    void delete_delivery(std::int64_t seq, std::int64_t tenant, DeliveryState state);

    WriterState& state_;
    std::unordered_map<std::int64_t, Retention> own_;  ///< of tenants that have their own
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
