// Erasure and retention.
#pragma once

#include "hub/store/postgres/wire/session.hpp"

namespace katydid::store::postgres {

struct Erasure {
    TenantId tenant;
    std::string subject;
    Timestamp now;
};
/// Erases some of a person's events; zero when nothing is left.
awaitable<result<Erased>> erase_some(Session& session, const Erasure& order);

/// Deletes rows whose time is over: deliveries, then events, then the memory of duplicates, then
/// rejected webhooks, then records that expired and old counts, tenant by tenant in the order of
/// their keys and a little at a time. It starts over when it came to the end.
///
/// A row is never looked at before the shortest retention since its acceptance is over, so a
/// sweep over a young store ends at once. Every hub may sweep: rows that are gone are gone.
/// Thread safety: none; it belongs to the store's thread.
class Purger {
public:
    struct Order {
        RetentionPlan plan;
        Timestamp now;
        std::uint32_t rows_max;
    };
    struct Step {
        std::uint64_t deleted = 0;
        bool at_end = false;  ///< the sweep came to its end and will start over
    };
    /// One small transaction.
    awaitable<result<Step>> purge(Session& session, const Order& order);

private:
    enum class Stage : std::uint8_t { deliveries, events, dedupe, rejected, records, activity };
    struct Rules {
        Timestamp delivered, dead, dedupe, rejected;  ///< kept when ended at or after this
        [[nodiscard]] Timestamp newest() const { return std::max(delivered, dead); }
    };

    static Rules rules_for(const Order& order, const TenantId& tenant);
    awaitable<bool> find_tenant(Session& session);
    awaitable<bool> sweep_deliveries(Session& session, const Order& order, std::uint64_t& deleted);
    awaitable<bool> sweep_events(Session& session, const Order& order, std::uint64_t& deleted);
    awaitable<bool> sweep_dedupe(Session& session, const Order& order, std::uint64_t& deleted);
    awaitable<bool> sweep_rejected(Session& session, const Order& order, std::uint64_t& deleted);
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
