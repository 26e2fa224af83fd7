#include "hub/store/postgres/maintenance/maintenance.hpp"

#include "hub/store/shared/activity.hpp"
#include "hub/store/postgres/maintenance/id_range.hpp"

namespace katydid::store::postgres {
namespace {

/// Rows looked at for each one that may be deleted, so that a step stays short in a store full
/// of rows that must stay.
constexpr std::uint32_t looks_per_row = 8;

Timestamp time_of(const EventId& id)
{
    std::int64_t time = 0;
    for (std::size_t i = 0; i < 6; ++i) time = (time << 8U) | id.bytes()[i];
    return to_timestamp(time);
}

}  // namespace

Purger::Rules Purger::rules_for(const Order& order, const TenantId& tenant)
{
    const auto* kept = &order.plan.standard;
    for (const auto& [id, own] : order.plan.tenants)
        if (id == tenant) kept = &own;
    return {order.now - kept->delivered, order.now - kept->dead, order.now - kept->dedupe,
            order.now - kept->rejected};
}

awaitable<result<Purger::Step>> Purger::purge(Session& session, const Order& order)
{
    Step step;
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

/// Goes on to the next tenant when one is done; false behind the last one.
awaitable<bool> Purger::find_tenant(Session& session)
{
    if (tenant_ && !is_tenant_done_) co_return true;
    const char* table = "counters";
    if (stage_ == Stage::rejected) table = "rejected";
    if (stage_ == Stage::records) table = "records";
    if (stage_ == Stage::activity) table = "activity";
    Params params;
    params.add(tenant_.value_or(TenantId{}));
    const auto next = co_await session.connection.ask(
        std::string{"SELECT tenant FROM "} + table + " WHERE tenant > $1 ORDER BY tenant LIMIT 1",
        params);
    if (next.empty()) co_return false;
    tenant_ = next.id<TenantId>(0, 0);
    is_tenant_done_ = false;
    co_return true;
}

awaitable<bool> Purger::sweep_deliveries(Session& session, const Order& order,
                                         std::uint64_t& deleted)
{
    const auto rules = rules_for(order, *tenant_);
    const auto looks_max = std::int64_t{order.rows_max} * looks_per_row;
    Params params;
    params.add(*tenant_).add(row_).add(first_id_of(rules.newest())).add(looks_max);
    const auto rows = co_await session.connection.ask(
        "SELECT id, state, ended_at FROM deliveries WHERE tenant = $1 AND id > $2 AND id < $3"
        " ORDER BY id LIMIT $4",
        params);
    Array old{Type::id};
    int row = 0;
    for (; row < rows.size() && deleted < order.rows_max; ++row) {
        row_ = rows.id<DeliveryId>(row, 0).bytes();
        const auto state = static_cast<DeliveryState>(rows.integer(row, 1));
        if (!is_final(state)) continue;
        const auto kept_since = state == DeliveryState::delivered ? rules.delivered : rules.dead;
        if (rows.time(row, 2) >= kept_since) continue;
        old.add(rows.id<DeliveryId>(row, 0));
        session.effects.counters.add(*tenant_, static_cast<int>(state), -1);
        ++deleted;
    }
    const bool at_end = row == rows.size() && rows.size() < looks_max;
    if (deleted == 0) co_return at_end;
    Params gone;
    gone.add(*tenant_).add(std::move(old));
    session.connection.add("DELETE FROM attempts WHERE tenant = $1 AND delivery = ANY($2)", gone);
    session.connection.add("DELETE FROM deliveries WHERE tenant = $1 AND id = ANY($2)", gone);
    co_return at_end;
}

awaitable<bool> Purger::sweep_events(Session& session, const Order& order, std::uint64_t& deleted)
{
    const auto rules = rules_for(order, *tenant_);
    const auto looks_max = std::int64_t{order.rows_max} * looks_per_row;
    Params params;
    params.add(*tenant_).add(row_).add(first_id_of(rules.newest())).add(looks_max);
    const auto rows = co_await session.connection.ask(
        "SELECT e.id, e.received_at, EXISTS(SELECT 1 FROM deliveries d WHERE d.tenant = e.tenant"
        " AND d.id BETWEEN e.first_delivery AND e.last_delivery AND d.event = e.id) OR"
        " EXISTS(SELECT 1 FROM deliveries d WHERE d.tenant = e.tenant AND d.event = e.id"
        " AND d.replayed) FROM events e WHERE e.tenant = $1 AND e.id > $2 AND e.id < $3"
        " ORDER BY e.id LIMIT $4",
        params);
    Array old{Type::id};
    int row = 0;
    for (; row < rows.size() && deleted < order.rows_max; ++row) {
        row_ = rows.id<EventId>(row, 0).bytes();
        const bool has_deliveries = rows.integer(row, 2) != 0;
        if (has_deliveries || rows.time(row, 1) >= rules.delivered) continue;
        old.add(rows.id<EventId>(row, 0));
        session.effects.counters.add(*tenant_, Counters::events, -1);
        ++deleted;
    }
    const bool at_end = row == rows.size() && rows.size() < looks_max;
    if (deleted == 0) co_return at_end;
    Params gone;
    gone.add(*tenant_).add(std::move(old));
    session.connection.add("DELETE FROM events WHERE tenant = $1 AND id = ANY($2)", gone);
    co_return at_end;
}

awaitable<bool> Purger::sweep_dedupe(Session& session, const Order& order, std::uint64_t& deleted)
{
    const auto rules = rules_for(order, *tenant_);
    const auto looks_max = std::int64_t{order.rows_max} * looks_per_row;
    Params params;
    params.add(*tenant_).add(key_).add(looks_max);
    const auto rows = co_await session.connection.ask(
        "SELECT k.key, k.event, EXISTS(SELECT 1 FROM events e WHERE e.tenant = k.tenant"
        " AND e.id = k.event) FROM dedupe k WHERE k.tenant = $1 AND k.key > $2"
        " ORDER BY k.key LIMIT $3",
        params);
    Array old{Type::bytes};
    int row = 0;
    for (; row < rows.size() && deleted < order.rows_max; ++row) {
        key_ = rows.text(row, 0);
        const bool has_event = rows.integer(row, 2) != 0;
        if (has_event || time_of(rows.id<EventId>(row, 1)) >= rules.dedupe) continue;
        old.add(rows.bytes(row, 0));
        ++deleted;
    }
    const bool at_end = row == rows.size() && rows.size() < looks_max;
    if (deleted == 0) co_return at_end;
    Params gone;
    gone.add(*tenant_).add(std::move(old));
    session.connection.add("DELETE FROM dedupe WHERE tenant = $1 AND key = ANY($2)", gone);
    co_return at_end;
}

awaitable<bool> Purger::sweep_rejected(Session& session, const Order& order, std::uint64_t& deleted)
{
    Params params;
    params.add(*tenant_).add(rules_for(order, *tenant_).rejected);
    params.add(std::int64_t{order.rows_max});
    const auto gone = co_await session.connection.ask(
        "DELETE FROM rejected WHERE tenant = $1 AND id IN (SELECT id FROM rejected"
        " WHERE tenant = $1 AND at < $2 ORDER BY id LIMIT $3)",
        params);
    deleted = static_cast<std::uint64_t>(gone.affected());
    co_return deleted < order.rows_max;
}

awaitable<bool> Purger::sweep_records(Session& session, TenantId tenant, Timestamp now,
                                      std::uint64_t& deleted)
{
    Params params;
    params.add(tenant).add(now);
    const auto gone = co_await session.connection.ask(
        "DELETE FROM records WHERE tenant = $1 AND ctid = ANY(ARRAY(SELECT ctid FROM records"
        " WHERE tenant = $1 AND expires_at <= $2 LIMIT 1000))",
        params);
    deleted = static_cast<std::uint64_t>(gone.affected());
    co_return deleted == 0;
}

awaitable<bool> Purger::sweep_activity(Session& session, TenantId tenant, Timestamp now,
                                       std::uint64_t& deleted)
{
    Params params;
    params.add(tenant).add(activity_seconds(now - activity_minutes_kept));
    params.add(activity_seconds(now - activity_hours_kept));
    const auto gone = co_await session.connection.ask(
        "DELETE FROM activity WHERE tenant = $1 AND (width = 60 AND start < $2"
        " OR width = 3600 AND start < $3)",
        params);
    deleted = static_cast<std::uint64_t>(gone.affected());
    co_return true;
}

}  // namespace katydid::store::postgres
