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
        state_.activity.tally.ended(target->tenant, after, settlement.settled_at);
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
    find_.bind(1, target.seq).bind(2, target.tenant).bind(3, to_integer(target.created_at));
    const ResetGuard guard{find_};
    if (!find_.step()) return std::nullopt;
    target.before = {find_.integer(0), static_cast<DeliveryState>(find_.integer(1)),
                     static_cast<Lane>(find_.integer(2))};
    return target;
}

bool Settler::finish(const Target& target, const Settlement& settlement)
{
    const auto& attempt = settlement.attempt;
    finish_.bind(1, static_cast<std::int64_t>(settlement.state));
    finish_.bind(2, to_integer(settlement.settled_at)).bind(3, settlement.reason);
    finish_.bind(4, attempt ? 1 : 0).bind(5, attempt ? attempt->status : 0);
    finish_.bind(6, target.seq).bind(7, target.tenant).bind(8, to_integer(target.created_at));
    finish_.run();
    return state_.connection.changes() == 1;
}

bool Settler::reschedule(const Target& target, const Settlement& settlement)
{
    const auto& attempt = settlement.attempt;
    const auto state = settlement.state == DeliveryState::scheduled ? DeliveryState::scheduled
                                                                    : DeliveryState::pending;
    reschedule_.bind(1, static_cast<std::int64_t>(state));
    reschedule_.bind(2, static_cast<std::int64_t>(settlement.lane));
    reschedule_.bind(3, to_integer(settlement.due_at)).bind(4, settlement.reason);
    reschedule_.bind(5, attempt ? 1 : 0).bind(6, attempt ? attempt->status : 0);
    reschedule_.bind(7, target.seq).bind(8, target.tenant).bind(9, to_integer(target.created_at));
    reschedule_.bind(10, attempt && !settlement.is_counted ? 1 : 0);
    reschedule_.run();
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
    const auto response_bytes = std::min(attempt.response.size(), response_bytes_max);
    insert_attempt_.bind(1, seq).bind(2, attempt.id).bind(3, attempt.number);
    insert_attempt_.bind(4, to_integer(attempt.started_at)).bind(5, attempt.duration.count());
    insert_attempt_.bind(6, static_cast<std::int64_t>(attempt.outcome));
    insert_attempt_.bind(7, attempt.status).bind(8, attempt.error);
    insert_attempt_.bind_blob(9, attempt.response.data(), response_bytes);
    insert_attempt_.run();
}

void Settler::fail_corrupt(Timestamp now)
{
    auto end = state_.connection.prepare(sql::fail_corrupt);
    for (const auto seq : state_.damaged) {
        end.bind(1, to_integer(now)).bind(2, seq);
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
