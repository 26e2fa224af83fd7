#include "hub/store/sqlite/write/settler.hpp"

#include "hub/store/sqlite/rows/rows.hpp"
#include "hub/store/sqlite/sql/settle.sql.hpp"

namespace katydid::store::sqlite {

Settler::Settler(WriterState& state)
    : state_{state},
      find_{state.connection.prepare(sql::find_unfinished)},
      finish_{state.connection.prepare(sql::finish_delivery)},
      reschedule_{state.connection.prepare(sql::reschedule_delivery)},
      insert_attempt_{state.connection.prepare(sql::insert_attempt)}
{}

void Settler::settle(const std::vector<Settlement>& settlements)
{
    for (const auto& settlement : settlements) {
        const auto target = find(settlement);
        if (!target) continue;
        const bool changed = is_final(settlement.state) ? finish(*target, settlement)
                                                        : reschedule(*target, settlement);
        state_.effects.settled.push_back(target->seq);
        if (!changed) continue;
        if (settlement.attempt) insert_attempt(target->seq, *settlement.attempt);
        const auto after = settlement.state == DeliveryState::in_flight ? DeliveryState::pending
                                                                        : settlement.state;
        state_.counters.move(target->tenant, target->before.state, after);
        state_.activity.tally.settled(target->tenant, settlement);
    }
}

std::optional<Settler::Target> Settler::find(const Settlement& settlement)
{
    const auto row = state_.ids.find(settlement.delivery);
    if (!row) return std::nullopt;
    Target target{row->seq, state_.interned.tenant(settlement.tenant), row->created_at, {}};
    if (const auto* held = state_.claims.find(row->seq)) {
        target.before = *held;
        return target;
    }
    find_.with(target.seq, target.tenant, target.created_at);
    const ResetGuard guard{find_};
    if (!find_.step()) return std::nullopt;
    target.before = {find_.integer(0), static_cast<DeliveryState>(find_.integer(1)),
                     static_cast<Lane>(find_.integer(2))};
    return target;
}

bool Settler::finish(const Target& target, const Settlement& settlement)
{
    const auto& attempt = settlement.attempt;
    finish_
        .with(settlement.state, settlement.settled_at, settlement.reason, attempt ? 1 : 0,
              attempt ? attempt->status : 0, target.seq, target.tenant, target.created_at)
        .run();
    return state_.connection.changes() == 1;
}

bool Settler::reschedule(const Target& target, const Settlement& settlement)
{
    const auto& attempt = settlement.attempt;
    const auto state = settlement.state == DeliveryState::scheduled ? DeliveryState::scheduled
                                                                    : DeliveryState::pending;
    reschedule_
        .with(state, settlement.lane, settlement.due_at, settlement.reason, attempt ? 1 : 0,
              attempt ? attempt->status : 0, target.seq, target.tenant, target.created_at,
              attempt && !settlement.is_counted ? 1 : 0)
        .run();
    if (state_.connection.changes() != 1) return false;
    state_.effects.moved.push_back({target.before.subscriber,
                                    settlement.lane,
                                    {to_integer(settlement.due_at), target.seq},
                                    settlement.due_at <= settlement.settled_at,
                                    std::nullopt});
    return true;
}

void Settler::insert_attempt(std::int64_t seq, const Attempt& attempt)
{
    const auto response = std::string_view{attempt.response}.substr(0, response_bytes_max);
    insert_attempt_
        .with(seq, attempt.id, std::int64_t{attempt.number}, attempt.started_at,
              std::int64_t{attempt.duration.count()}, attempt.outcome, std::int64_t{attempt.status},
              attempt.error, Blob{response}, attempt.timing.pack())
        .run();
}

void Settler::fail_corrupt(Timestamp now)
{
    auto end = state_.connection.prepare(sql::fail_corrupt);
    for (const auto seq : state_.damaged) {
        end.with(now, seq);
        const auto* held = state_.claims.find(seq);
        const auto before = held != nullptr ? held->state : DeliveryState::pending;
        if (end.step()) {
            state_.counters.move(end.integer(0), before, DeliveryState::dead);
            state_.activity.tally.ended(end.integer(0), DeliveryState::dead, now);
        }
        end.run();
        state_.effects.settled.push_back(seq);
    }
}

}  // namespace katydid::store::sqlite
