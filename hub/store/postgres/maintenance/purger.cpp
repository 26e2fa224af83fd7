#include "hub/store/postgres/maintenance/maintenance.hpp"

#include "hub/store/shared/activity.hpp"
#include "hub/store/postgres/maintenance/id_range.hpp"
#include "hub/store/postgres/sql/retention.sql.hpp"

namespace katydid::store::postgres {
RetentionRules Purger::rules(const Purge& order) const
{
    return rules_for(order, [this](const TenantId& id) { return id == tenant_; });
}

awaitable<result<PurgeStep>> Purger::purge(Session& session, const Purge& order)
{
    PurgeStep step;
    const bool has_tenant = co_await find_tenant(session);
    if (!has_tenant) {
        step.at_end = stage_ == Stage::activity;
        next_stage();
        co_return step;
    }
    bool done = false;
    switch (stage_) {
    case Stage::deliveries: done = co_await sweep_deliveries(session, order, step.deleted); break;
    case Stage::events: done = co_await sweep_events(session, order, step.deleted); break;
    case Stage::dedupe: done = co_await sweep_dedupe(session, order, step.deleted); break;
    case Stage::rejected: done = co_await sweep_rejected(session, order, step.deleted); break;
    case Stage::records:
        done = co_await sweep_records(session, *tenant_, order.now, step.deleted);
        break;
    case Stage::activity:
        done = co_await sweep_activity(session, *tenant_, order.now, step.deleted);
        break;
    }
    if (done) {
        is_tenant_done_ = true;
        row_ = {};
        key_.clear();
    }
    co_return step;
}

void Purger::next_stage()
{
    stage_ = stage_ == Stage::activity ? Stage::deliveries
                                       : static_cast<Stage>(static_cast<int>(stage_) + 1);
    tenant_.reset();
    is_tenant_done_ = false;
    row_ = {};
    key_.clear();
}

/// Goes on to the next tenant when one is done; false after the last one.
awaitable<bool> Purger::find_tenant(Session& session)
{
    if (tenant_ && !is_tenant_done_) co_return true;
    const char* table = "counters";
    if (stage_ == Stage::rejected) table = "rejected";
    if (stage_ == Stage::records) table = "records";
    if (stage_ == Stage::activity) table = "activity";
    const auto params = Params::of(tenant_.value_or(TenantId{}));
    const auto next = co_await session.connection.ask(
        std::string{"SELECT tenant FROM "} + table + " WHERE tenant > $1 ORDER BY tenant LIMIT 1",
        params);
    if (next.empty()) co_return false;
    tenant_ = next.id<TenantId>(0, 0);
    is_tenant_done_ = false;
    co_return true;
}

awaitable<bool> Purger::sweep_deliveries(Session& session, const Purge& order,
                                         std::uint64_t& deleted)
{
    const auto kept = rules(order);
    const auto looks_max = order.looks_max();
    const auto params = Params::of(*tenant_, row_, first_id_of(kept.newest()), looks_max);
    const auto rows = co_await session.connection.ask(sql::scan_deliveries, params);
    Array old{Type::id};
    std::uint32_t found = 0;
    int row = 0;
    for (; row < rows.size() && found < order.rows_max; ++row) {
        row_ = rows.id<DeliveryId>(row, 0).bytes();
        const auto state = static_cast<DeliveryState>(rows.integer(row, 1));
        if (!is_final(state)) continue;
        if (rows.time(row, 2) >= kept.of(state)) continue;
        old.add(rows.id<DeliveryId>(row, 0));
        ++found;
    }
    const bool at_end = row == rows.size() && rows.size() < looks_max;
    if (found > 0) deleted = co_await delete_deliveries(session, std::move(old));
    co_return at_end;
}

awaitable<std::uint64_t> Purger::delete_deliveries(Session& session, Array old) const
{
    const auto wanted = Params::of(*tenant_, std::move(old));
    const auto gone = co_await session.connection.ask(sql::delete_deliveries, wanted);
    Array ids{Type::id};
    for (int row = 0; row < gone.size(); ++row) {
        ids.add(gone.id<DeliveryId>(row, 0));
        session.effects.counters.add(*tenant_, static_cast<int>(gone.integer(row, 1)), -1);
    }
    const auto deliveries = Params::of(*tenant_, std::move(ids));
    session.connection.add(sql::delete_attempts, deliveries);
    co_return static_cast<std::uint64_t>(gone.size());
}

awaitable<bool> Purger::sweep_events(Session& session, const Purge& order, std::uint64_t& deleted)
{
    const auto kept = rules(order);
    const auto looks_max = order.looks_max();
    const auto params = Params::of(*tenant_, row_, first_id_of(kept.newest()), looks_max);
    const auto rows = co_await session.connection.ask(sql::scan_events, params);
    Array old{Type::id};
    std::uint32_t found = 0;
    int row = 0;
    for (; row < rows.size() && found < order.rows_max; ++row) {
        row_ = rows.id<EventId>(row, 0).bytes();
        const bool has_deliveries = rows.integer(row, 2) != 0;
        if (has_deliveries || rows.time(row, 1) >= kept.delivered) continue;
        old.add(rows.id<EventId>(row, 0));
        ++found;
    }
    const bool at_end = row == rows.size() && rows.size() < looks_max;
    if (found == 0) co_return at_end;
    const auto wanted = Params::of(*tenant_, std::move(old));
    const auto gone = co_await session.connection.ask(sql::delete_events, wanted);
    deleted = static_cast<std::uint64_t>(gone.affected());
    session.effects.counters.add(*tenant_, Counters::events, -gone.affected());
    co_return at_end;
}

awaitable<bool> Purger::sweep_dedupe(Session& session, const Purge& order, std::uint64_t& deleted)
{
    const auto kept = rules(order);
    const auto looks_max = order.looks_max();
    const auto params = Params::of(*tenant_, key_, looks_max);
    const auto rows = co_await session.connection.ask(sql::scan_dedupe, params);
    Array old{Type::bytes};
    std::uint32_t found = 0;
    int row = 0;
    for (; row < rows.size() && found < order.rows_max; ++row) {
        key_ = rows.text(row, 0);
        const bool has_event = rows.integer(row, 2) != 0;
        if (has_event || to_timestamp(time_of(rows.id<EventId>(row, 1).bytes())) >= kept.dedupe)
            continue;
        old.add(rows.bytes(row, 0));
        ++found;
    }
    const bool at_end = row == rows.size() && rows.size() < looks_max;
    if (found == 0) co_return at_end;
    const auto wanted = Params::of(*tenant_, std::move(old));
    const auto gone = co_await session.connection.ask(sql::delete_dedupe, wanted);
    deleted = static_cast<std::uint64_t>(gone.affected());
    co_return at_end;
}

awaitable<bool> Purger::sweep_rejected(Session& session, const Purge& order, std::uint64_t& deleted)
{
    const auto params = Params::of(*tenant_, rules(order).rejected, std::int64_t{order.rows_max});
    const auto gone = co_await session.connection.ask(sql::delete_old_rejected, params);
    deleted = static_cast<std::uint64_t>(gone.affected());
    co_return deleted < order.rows_max;
}

awaitable<bool> Purger::sweep_records(Session& session, TenantId tenant, Timestamp now,
                                      std::uint64_t& deleted)
{
    const auto params = Params::of(tenant, now);
    const auto gone = co_await session.connection.ask(sql::delete_expired_records, params);
    deleted = static_cast<std::uint64_t>(gone.affected());
    co_return deleted == 0;
}

awaitable<bool> Purger::sweep_activity(Session& session, TenantId tenant, Timestamp now,
                                       std::uint64_t& deleted)
{
    const auto params = Params::of(tenant, activity_seconds(now - activity_minutes_kept),
                                   activity_seconds(now - activity_hours_kept));
    const auto gone = co_await session.connection.ask(sql::delete_activity, params);
    deleted = static_cast<std::uint64_t>(gone.affected());
    co_return true;
}

}  // namespace katydid::store::postgres
