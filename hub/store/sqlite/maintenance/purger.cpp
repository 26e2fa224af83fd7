#include "hub/store/sqlite/maintenance/purger.hpp"

#include "hub/store/sqlite/rows/rows.hpp"
#include "hub/store/sqlite/sql/retention.sql.hpp"

namespace katydid::store::sqlite {
namespace {

constexpr std::uint32_t tenants_per_step = 64;

/// Rows accepted since then are not looked at: no tenant's rules let them go.
std::int64_t newest_kept(const Purge& order)
{
    auto shortest = std::min(order.plan.standard.delivered, order.plan.standard.dead);
    for (const auto& [id, own] : order.plan.tenants)
        shortest = std::min({shortest, own.delivered, own.dead});
    return to_integer(order.now - shortest);
}

}  // namespace

Purger::Purger(WriterState& state)
    : state_{state},
      scan_deliveries_{state.connection.prepare(sql::scan_deliveries)},
      delete_delivery_{state.connection.prepare(sql::delete_delivery)},
      delete_attempts_{state.connection.prepare(sql::delete_attempts)},
      scan_events_{state.connection.prepare(sql::scan_events)},
      delete_event_{state.connection.prepare(sql::delete_event)},
      scan_dedupe_{state.connection.prepare(sql::scan_dedupe)},
      delete_dedupe_{state.connection.prepare(sql::delete_dedupe)},
      scan_rejected_{state.connection.prepare(sql::scan_rejected)},
      delete_rejected_{state.connection.prepare(sql::delete_rejected_row)},
      delete_records_{state.connection.prepare(sql::delete_expired_records)},
      next_tenant_{state.connection.prepare(sql::next_tenant)},
      delete_activity_{state.connection.prepare(sql::delete_activity)}
{}

PurgeStep Purger::purge(const Purge& order)
{
    own_.clear();
    for (const auto& [id, kept] : order.plan.tenants)
        own_.insert_or_assign(state_.interned.tenant(id), kept);
    PurgeStep step;
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

RetentionRules Purger::rules(const Purge& order, std::int64_t tenant) const
{
    const auto found = own_.find(tenant);
    return {found == own_.end() ? order.plan.standard : found->second, order.now};
}

bool Purger::sweep_deliveries(const Purge& order, std::uint64_t& deleted)
{
    struct Old {
        std::int64_t seq, tenant;
        DeliveryState state;
    };
    std::vector<Old> old;
    const auto limit = newest_kept(order);
    std::int64_t seen = 0;
    bool at_end = true;
    scan_deliveries_.with(delivery_, order.looks_max());
    {
        const ResetGuard guard{scan_deliveries_};
        while (scan_deliveries_.step()) {
            if (scan_deliveries_.integer(4) >= limit) {
                at_end = true;
                break;
            }
            at_end = ++seen < order.looks_max();
            delivery_ = scan_deliveries_.integer(0);
            const auto state = static_cast<DeliveryState>(scan_deliveries_.integer(2));
            if (!is_final(state)) continue;
            const auto tenant = scan_deliveries_.integer(1);
            const auto ended_at = to_timestamp(scan_deliveries_.integer(3));
            if (ended_at >= rules(order, tenant).of(state)) continue;
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
    delete_attempts_.with(seq).run();
    delete_delivery_.with(seq).run();
    state_.counters.add(tenant, static_cast<int>(state), -1);
}

bool Purger::sweep_events(const Purge& order, std::uint64_t& deleted)
{
    struct Old {
        std::int64_t seq, tenant, source, type, content_type;
    };
    std::vector<Old> old;
    const auto limit = newest_kept(order);
    std::int64_t seen = 0;
    bool at_end = true;
    scan_events_.with(event_, order.looks_max());
    {
        const ResetGuard guard{scan_events_};
        while (scan_events_.step()) {
            if (scan_events_.integer(2) >= limit) {
                at_end = true;
                break;
            }
            at_end = ++seen < order.looks_max();
            event_ = scan_events_.integer(0);
            const auto tenant = scan_events_.integer(1);
            const bool has_deliveries = scan_events_.integer(3) != 0;
            const auto received_at = to_timestamp(scan_events_.integer(2));
            if (has_deliveries || received_at >= rules(order, tenant).delivered) continue;
            old.push_back({event_, tenant, scan_events_.integer(4), scan_events_.integer(5),
                           scan_events_.integer(6)});
            if (old.size() < order.rows_max) continue;
            at_end = false;
            break;
        }
    }
    for (const auto& row : old) {
        delete_event_.with(row.seq).run();
        state_.counters.add(row.tenant, Counters::events, -1);
        for (const auto word : {row.source, row.type, row.content_type})
            state_.interned.count_word(word, -1);
    }
    deleted = old.size();
    if (at_end) event_ = 0;
    return at_end;
}

bool Purger::sweep_dedupe(const Purge& order, std::uint64_t& deleted)
{
    std::vector<std::pair<std::int64_t, std::string>> old;
    const auto looks_max = order.looks_max();
    std::int64_t seen = 0;
    const auto from = dedupe_;  // bound without a copy, so it must not change below
    scan_dedupe_.with(from.first, Blob{from.second}, looks_max);
    {
        const ResetGuard guard{scan_dedupe_};
        while (old.size() < order.rows_max && scan_dedupe_.step()) {
            ++seen;
            const auto tenant = scan_dedupe_.integer(0);
            const bool has_event = scan_dedupe_.integer(3) != 0;
            const auto accepted_at = to_timestamp(time_of(scan_dedupe_.id<EventId>(2).bytes()));
            if (has_event || accepted_at >= rules(order, tenant).dedupe) {
                dedupe_ = {tenant, std::string{scan_dedupe_.blob(1)}};
                continue;
            }
            old.emplace_back(tenant, scan_dedupe_.blob(1));
            dedupe_ = old.back();
        }
    }
    const bool at_end = seen < looks_max && old.size() < order.rows_max;
    for (const auto& [tenant, key] : old) delete_dedupe_.with(tenant, Blob{key}).run();
    deleted = old.size();
    if (at_end) dedupe_ = {0, {}};
    return at_end;
}

/// Rejected webhooks are few by their own bounds, so every sweep starts at its oldest row.
bool Purger::sweep_rejected(const Purge& order, std::uint64_t& deleted)
{
    std::vector<std::int64_t> old;
    const auto looks_max = order.looks_max();
    scan_rejected_.with(looks_max);
    {
        const ResetGuard guard{scan_rejected_};
        while (old.size() < order.rows_max && scan_rejected_.step())
            if (to_timestamp(scan_rejected_.integer(2))
                < rules(order, scan_rejected_.integer(1)).rejected)
                old.push_back(scan_rejected_.integer(0));
    }
    for (const auto seq : old) delete_rejected_.with(seq).run();
    deleted = old.size();
    return old.size() < order.rows_max;
}

bool Purger::sweep_records(const Purge& order, std::uint64_t& deleted)
{
    delete_records_.with(order.now, std::int64_t{order.rows_max}).run();
    deleted = static_cast<std::uint64_t>(state_.connection.changes());
    return deleted < order.rows_max;
}

bool Purger::sweep_activity(const Purge& order, std::uint64_t& deleted)
{
    for (std::uint32_t seen = 0; seen < tenants_per_step && deleted < order.rows_max; ++seen) {
        next_tenant_.with(activity_tenant_);
        const bool at_end = !next_tenant_.step();
        activity_tenant_ = at_end ? 0 : next_tenant_.integer(0);
        next_tenant_.reset();
        if (at_end) return true;
        for (const auto& [width, kept] : {std::pair{activity_minute, activity_minutes_kept},
                                          std::pair{activity_hour, activity_hours_kept}}) {
            delete_activity_.with(activity_tenant_, width, activity_seconds(order.now - kept))
                .run();
            deleted += static_cast<std::uint64_t>(state_.connection.changes());
        }
    }
    return false;
}

}  // namespace katydid::store::sqlite
