// Erasure and retention.
#pragma once

#include "hub/store/postgres/write/writer_state.hpp"
#include "hub/store/shared/retention_rules.hpp"

namespace katydid::store::postgres {

/// Erases some of a person's events; zero when nothing is left.
awaitable<result<Erased>> erase_some(Session& session, const Erasure& order);

/// Deletes rows whose retention is over: deliveries, then events, then the memory of duplicates,
/// then rejected webhooks, then records that expired and old counts, tenant by tenant in the order
/// of their keys and a little at a time. It starts over when it came to the end.
///
/// A row is never looked at before the shortest retention since its acceptance is over, so a
/// sweep over a young store ends at once. Every hub may sweep: each counts what it deleted itself.
/// Thread safety: none; it belongs to the store's thread.
class Purger {
public:
    /// One small transaction.
    awaitable<result<PurgeStep>> purge(Session& session, const Purge& order);

private:
    enum class Stage : std::uint8_t { deliveries, events, dedupe, rejected, records, activity };

    [[nodiscard]] RetentionRules rules(const Purge& order) const;
    awaitable<bool> find_tenant(Session& session);
    awaitable<bool> sweep_deliveries(Session& session, const Purge& order, std::uint64_t& deleted);
    awaitable<std::uint64_t> delete_deliveries(Session& session, Array old) const;
    awaitable<bool> sweep_events(Session& session, const Purge& order, std::uint64_t& deleted);
    awaitable<bool> sweep_dedupe(Session& session, const Purge& order, std::uint64_t& deleted);
    awaitable<bool> sweep_rejected(Session& session, const Purge& order, std::uint64_t& deleted);
    static awaitable<bool> sweep_records(Session& session, TenantId tenant, Timestamp now,
                                         std::uint64_t& deleted);
    static awaitable<bool> sweep_activity(Session& session, TenantId tenant, Timestamp now,
                                          std::uint64_t& deleted);
    void next_stage();

    Stage stage_ = Stage::deliveries;
    std::optional<TenantId> tenant_;  ///< the one being swept
    bool is_tenant_done_ = false;
    IdBytes row_{};    ///< looked at up to here
    std::string key_;  ///< the same in `dedupe`
};

}  // namespace katydid::store::postgres
