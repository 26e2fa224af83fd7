#include "hub/store/sqlite/maintenance/eraser.hpp"

#include "hub/store/sqlite/rows/rows.hpp"

namespace katydid::store::sqlite {
namespace {

constexpr std::int64_t events_per_step = 200;

}  // namespace

Eraser::Eraser(WriterState& state)
    : state_{state},
      find_events_{state.connection.prepare(
          "SELECT e.seq, e.first_delivery, e.deliveries, e.id, source_of.text, e.external_id"
          " FROM events e JOIN names source_of ON source_of.no = e.source"
          " WHERE e.tenant = ?1 AND e.subject = ?2 AND e.subject <> '' LIMIT ?3")},
      erase_event_{state.connection.prepare(
          "UPDATE events SET subject = '', key = '', traceparent = '', headers = x'',"
          " payload_bytes = 0, digest = x'', encoding = 2, payload = x'', external_id = ?2"
          " WHERE seq = ?1")},
      forget_digest_{state.connection.prepare(
          "UPDATE dedupe SET digest = x'' WHERE tenant = ?1 AND key = ?2")},
      find_deliveries_{state.connection.prepare(
          "SELECT seq FROM deliveries WHERE seq >= ?1 AND seq < ?1 + ?2 UNION ALL"
          " SELECT seq FROM deliveries WHERE event = ?3 AND replayed = 1")},
      clean_delivery_{state.connection.prepare(
          "UPDATE deliveries SET order_key = '' WHERE seq = ?1 AND order_key <> ''")},
      cancel_{state.connection.prepare(
          "UPDATE deliveries SET state = 4, ended_at = ?1,"
          " reason = 'The data of this event was erased.' WHERE seq = ?2 AND state = ?3")},
      clean_attempts_{state.connection.prepare(
          "UPDATE attempts SET error = '', response = x'' WHERE delivery = ?1")}
{}

Eraser::Step Eraser::erase_some(const Order& order)
{
    const auto tenant = state_.interned.tenant(order.tenant);
    std::vector<Target> targets;
    find_events_.bind(1, tenant).bind(2, order.subject).bind(3, events_per_step);
    {
        const ResetGuard guard{find_events_};
        while (find_events_.step())
            targets.push_back({find_events_.integer(0), find_events_.integer(1),
                               find_events_.integer(2), find_events_.id<EventId>(3).to_string(),
                               dedupe_key(find_events_.text(4), find_events_.text(5))});
    }
    Step step;
    for (const auto& target : targets) {
        // An id may be a name. The event stays known by it, so that a repeat brings nothing back.
        erase_event_.bind(1, target.event).bind(2, target.id).run();
        forget_digest_.bind(1, tenant).bind_blob(2, target.key.data(), target.key.size()).run();
        std::vector<std::int64_t> deliveries;
        find_deliveries_.bind(1, target.first_delivery).bind(2, target.deliveries);
        find_deliveries_.bind(3, target.event);
        {
            const ResetGuard guard{find_deliveries_};
            while (find_deliveries_.step()) deliveries.push_back(find_deliveries_.integer(0));
        }
        for (const auto seq : deliveries)
            step.erased.deliveries_cancelled += clean_delivery(seq, tenant, order.now);
        step.events.push_back(target.event);
    }
    step.erased.events = targets.size();
    return step;
}

std::uint64_t Eraser::clean_delivery(std::int64_t seq, std::int64_t tenant, Timestamp now)
{
    clean_delivery_.bind(1, seq).run();
    clean_attempts_.bind(1, seq).run();
    if (state_.claims.find(seq) != nullptr) return 0;  // in flight: its settlement ends it
    for (const auto state : {DeliveryState::pending, DeliveryState::scheduled}) {
        cancel_.bind(1, to_integer(now))
            .bind(2, seq)
            .bind(3, static_cast<std::int64_t>(state))
            .run();
        if (state_.connection.changes() != 1) continue;
        state_.counters.move(tenant, state, DeliveryState::cancelled);
        return 1;
    }
    return 0;
}

}  // namespace katydid::store::sqlite
