#include "hub/store/sqlite/maintenance/purger.hpp"

#include "hub/store/sqlite/rows/rows.hpp"

namespace katydid::store::sqlite {
namespace {

/// Rows looked at for each one that may be deleted, so that a step stays short in a store full
/// of rows that must stay.
constexpr std::uint32_t looks_per_row = 8;
constexpr std::uint32_t tenants_per_step = 64;

/// The time in an id: its first 48 bits.
std::int64_t time_of(const EventId& id)
{
    std::int64_t time = 0;
    for (std::size_t i = 0; i < 6; ++i) time = (time << 8U) | id.bytes()[i];
    return time;
}

}  // namespace

Purger::Purger(WriterState& state)
    : state_{state},
      scan_deliveries_{state.connection.prepare(
          "SELECT seq, tenant, state, ended_at, created_at FROM deliveries WHERE seq > ?1"
          " ORDER BY seq LIMIT ?2")},
      delete_delivery_{state.connection.prepare("DELETE FROM deliveries WHERE seq = ?1")},
      delete_attempts_{state.connection.prepare("DELETE FROM attempts WHERE delivery = ?1")},
      scan_events_{state.connection.prepare(
          "SELECT e.seq, e.tenant, e.received_at,"
          " EXISTS(SELECT 1 FROM deliveries d WHERE d.seq >= e.first_delivery"
          "  AND d.seq < e.first_delivery + e.deliveries)"
          " OR EXISTS(SELECT 1 FROM deliveries d WHERE d.event = e.seq AND d.replayed = 1),"
          " e.source, e.type, e.content_type"
          " FROM events e WHERE e.seq > ?1 ORDER BY e.seq LIMIT ?2")},
      delete_event_{state.connection.prepare("DELETE FROM events WHERE seq = ?1")},
      scan_dedupe_{state.connection.prepare(
          "SELECT tenant, key, event,"
          " EXISTS(SELECT 1 FROM events e WHERE e.tenant = dedupe.tenant AND e.id = dedupe.event)"
          " FROM dedupe WHERE (tenant, key) > (?1, ?2) ORDER BY tenant, key LIMIT ?3")},
      delete_dedupe_{state.connection.prepare("DELETE FROM dedupe WHERE tenant = ?1 AND key = ?2")},
      scan_rejected_{state.connection.prepare(
          "SELECT seq, tenant, at FROM rejected INDEXED BY rejected_by_time ORDER BY at LIMIT ?1")},
      delete_rejected_{state.connection.prepare("DELETE FROM rejected WHERE seq = ?1")},
      delete_records_{state.connection.prepare(
          "DELETE FROM records WHERE (tenant, kind, id) IN (SELECT tenant, kind, id FROM records"
          " WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)")},
      next_tenant_{
          state.connection.prepare("SELECT no FROM tenants WHERE no > ?1 ORDER BY no LIMIT 1")},
      delete_activity_{state.connection.prepare(
          "DELETE FROM activity WHERE tenant = ?1 AND width = ?2 AND start < ?3")}
{}

Purger::Step Purger::purge(const Order& order)
{
    Step step;
    bool done = false;
    switch (stage_) {
    case Stage::deliveries:
        done = sweep_deliveries(order, step.deleted);
        if (done) stage_ = Stage::events;
        break;
    case Stage::events:
        done = sweep_events(order, step.deleted);
        if (done) stage_ = Stage::words;
        break;
    case Stage::words:
        done = state_.interned.delete_unused_words(order.rows_max) < order.rows_max;
        if (done) stage_ = Stage::dedupe;
        break;
    case Stage::dedupe:
        done = sweep_dedupe(order, step.deleted);
        if (done) stage_ = Stage::rejected;
        break;
    case Stage::rejected:
        done = sweep_rejected(order, step.deleted);
        if (done) stage_ = Stage::records;
        break;
    case Stage::records:
        done = sweep_records(order, step.deleted);
        if (done) stage_ = Stage::activity;
        break;
    case Stage::activity:
        done = sweep_activity(order, step.deleted);
        if (done) stage_ = Stage::deliveries;
        step.at_end = done;
        break;
    }
    if (step.deleted > 0) state_.save_seq_floors();
    return step;
}

Purger::Rules Purger::rules_for(const Order& order, std::int64_t tenant)
{
    const auto* kept = &order.plan.standard;
    for (const auto& [id, own] : order.plan.tenants)
        if (state_.interned.tenant(id) == tenant) kept = &own;
    const auto now = to_integer(order.now);
    Rules rules{now - kept->delivered.count(), now - kept->dead.count(), now - kept->dedupe.count(),
                now - kept->rejected.count(), 0};
    rules.newest = std::max(rules.delivered, rules.dead);
    return rules;
}

Purger::Rules Purger::strictest(const Order& order) const
{
    const auto now = to_integer(order.now);
    auto shortest = std::min(order.plan.standard.delivered, order.plan.standard.dead);
    for (const auto& [id, own] : order.plan.tenants)
        shortest = std::min({shortest, own.delivered, own.dead});
    return {0, 0, 0, 0, now - shortest.count()};
}

bool Purger::sweep_deliveries(const Order& order, std::uint64_t& deleted)
{
    struct Old {
        std::int64_t seq, tenant;
        DeliveryState state;
    };
    std::vector<Old> old;
    const auto limit = strictest(order).newest;
    std::uint32_t seen = 0;
    bool at_end = true;
    scan_deliveries_.bind(1, delivery_).bind(2, std::int64_t{order.rows_max} * looks_per_row);
    {
        const ResetGuard guard{scan_deliveries_};
        while (scan_deliveries_.step()) {
            if (scan_deliveries_.integer(4) >= limit) {
                at_end = true;
                break;
            }
            at_end = ++seen < order.rows_max * looks_per_row;
            delivery_ = scan_deliveries_.integer(0);
            const auto state = static_cast<DeliveryState>(scan_deliveries_.integer(2));
            if (!is_final(state)) continue;
            const auto tenant = scan_deliveries_.integer(1);
            const auto rules = rules_for(order, tenant);
            const auto kept_since = state == DeliveryState::delivered ? rules.delivered
                                                                      : rules.dead;
            if (scan_deliveries_.integer(3) >= kept_since) continue;
            old.push_back({delivery_, tenant, state});
            if (old.size() < order.rows_max) continue;
            at_end = false;
            break;
        }
    }
    for (const auto& row : old) delete_delivery(row.seq, row.tenant, row.state);
    deleted = old.size();
    if (at_end) delivery_ = 0;
    return at_end;
}

void Purger::delete_delivery(std::int64_t seq, std::int64_t tenant, DeliveryState state)
{
    delete_attempts_.bind(1, seq).run();
    delete_delivery_.bind(1, seq).run();
    state_.counters.add(tenant, static_cast<int>(state), -1);
}

bool Purger::sweep_events(const Order& order, std::uint64_t& deleted)
{
    struct Old {
        std::int64_t seq, tenant, source, type, content_type;
    };
    std::vector<Old> old;
    const auto limit = strictest(order).newest;
    std::uint32_t seen = 0;
    bool at_end = true;
    scan_events_.bind(1, event_).bind(2, std::int64_t{order.rows_max} * looks_per_row);
    {
        const ResetGuard guard{scan_events_};
        while (scan_events_.step()) {
            if (scan_events_.integer(2) >= limit) {
                at_end = true;
                break;
            }
            at_end = ++seen < order.rows_max * looks_per_row;
            event_ = scan_events_.integer(0);
            const auto tenant = scan_events_.integer(1);
            const bool has_deliveries = scan_events_.integer(3) != 0;
            if (has_deliveries || scan_events_.integer(2) >= rules_for(order, tenant).delivered)
                continue;
            old.push_back({event_, tenant, scan_events_.integer(4), scan_events_.integer(5),
                           scan_events_.integer(6)});
            if (old.size() < order.rows_max) continue;
            at_end = false;
            break;
        }
    }
    for (const auto& row : old) {
        delete_event_.bind(1, row.seq).run();
        state_.counters.add(row.tenant, Counters::events, -1);
        for (const auto word : {row.source, row.type, row.content_type})
            state_.interned.count_word(word, -1);
    }
    deleted = old.size();
    if (at_end) event_ = 0;
    return at_end;
}

bool Purger::sweep_dedupe(const Order& order, std::uint64_t& deleted)
{
    std::vector<std::pair<std::int64_t, std::string>> old;
    const auto looks_max = std::int64_t{order.rows_max} * looks_per_row;
    std::int64_t seen = 0;
    const auto from = dedupe_;  // bound without a copy, so it must not change below
    scan_dedupe_.bind(1, from.first).bind_blob(2, from.second.data(), from.second.size());
    scan_dedupe_.bind(3, looks_max);
    {
        const ResetGuard guard{scan_dedupe_};
        while (old.size() < order.rows_max && scan_dedupe_.step()) {
            ++seen;
            const auto tenant = scan_dedupe_.integer(0);
            const bool has_event = scan_dedupe_.integer(3) != 0;
            const auto accepted_at = time_of(scan_dedupe_.id<EventId>(2));
            if (has_event || accepted_at >= rules_for(order, tenant).dedupe) {
                dedupe_ = {tenant, std::string{scan_dedupe_.blob(1)}};
                continue;
            }
            old.emplace_back(tenant, scan_dedupe_.blob(1));
            dedupe_ = old.back();
        }
    }
    const bool at_end = seen < looks_max && old.size() < order.rows_max;
    for (const auto& [tenant, key] : old)
        delete_dedupe_.bind(1, tenant).bind_blob(2, key.data(), key.size()).run();
    deleted = old.size();
    if (at_end) dedupe_ = {0, {}};
    return at_end;
}

/// Rejected webhooks are few by their own bounds, so every sweep starts at the oldest row.
bool Purger::sweep_rejected(const Order& order, std::uint64_t& deleted)
{
    std::vector<std::int64_t> old;
    const auto looks_max = std::int64_t{order.rows_max} * looks_per_row;
    scan_rejected_.bind(1, looks_max);
    {
        const ResetGuard guard{scan_rejected_};
        while (old.size() < order.rows_max && scan_rejected_.step())
            if (scan_rejected_.integer(2) < rules_for(order, scan_rejected_.integer(1)).rejected)
                old.push_back(scan_rejected_.integer(0));
    }
    for (const auto seq : old) delete_rejected_.bind(1, seq).run();
    deleted = old.size();
    return old.size() < order.rows_max;
}

bool Purger::sweep_records(const Order& order, std::uint64_t& deleted)
{
    delete_records_.bind(1, to_integer(order.now)).bind(2, std::int64_t{order.rows_max}).run();
    deleted = static_cast<std::uint64_t>(state_.connection.changes());
    return deleted < order.rows_max;
}

bool Purger::sweep_activity(const Order& order, std::uint64_t& deleted)
{
    for (std::uint32_t seen = 0; seen < tenants_per_step && deleted < order.rows_max; ++seen) {
        next_tenant_.bind(1, activity_tenant_);
        const bool at_end = !next_tenant_.step();
        activity_tenant_ = at_end ? 0 : next_tenant_.integer(0);
        next_tenant_.reset();
        if (at_end) return true;
        for (const auto& [width, kept] : {std::pair{activity_minute, activity_minutes_kept},
                                          std::pair{activity_hour, activity_hours_kept}}) {
            delete_activity_.bind(1, activity_tenant_).bind(2, width);
            delete_activity_.bind(3, activity_seconds(order.now - kept)).run();
            deleted += static_cast<std::uint64_t>(state_.connection.changes());
        }
    }
    return false;
}

}  // namespace katydid::store::sqlite
