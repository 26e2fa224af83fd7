// Retention and erasure, as both stores carry them out.
#pragma once

#include "hub/store/store.hpp"

#include <algorithm>

namespace katydid::store {

struct Purge {
    /// Rows looked at for each one that may be deleted, so that a step stays short in a store full
    /// of rows that must stay.
    static constexpr std::uint32_t looks_per_row = 8;

    RetentionPlan plan;
    Timestamp now;
    std::uint32_t rows_max;

    [[nodiscard]] std::int64_t looks_max() const noexcept
    {
        return std::int64_t{rows_max} * looks_per_row;
    }
};

struct PurgeStep {
    std::uint64_t deleted = 0;
    bool at_end = false;  ///< the sweep came to its end and will start over
};

/// What is kept: rows that ended at or after these times.
struct RetentionRules {
    RetentionRules(const Retention& kept, Timestamp now)
        : delivered{now - kept.delivered},
          dead{now - kept.dead},
          dedupe{now - kept.dedupe},
          rejected{now - kept.rejected}
    {}

    [[nodiscard]] Timestamp of(DeliveryState state) const noexcept
    {
        return state == DeliveryState::delivered ? delivered : dead;
    }
    [[nodiscard]] Timestamp newest() const noexcept { return std::max(delivered, dead); }

    Timestamp delivered, dead, dedupe, rejected;
};

/// \param is_tenant  tells whether an id of the plan is the tenant that is meant
template <class IsTenant>
RetentionRules rules_for(const Purge& order, IsTenant is_tenant)
{
    const auto* kept = &order.plan.standard;
    for (const auto& [id, own] : order.plan.tenants)
        if (is_tenant(id)) kept = &own;
    return {*kept, order.now};
}

struct Erasure {
    static constexpr std::int64_t events_per_step = 200;

    TenantId tenant;
    std::string subject;
    Timestamp now;
};

}  // namespace katydid::store
