#include "hub/store/sqlite/maintenance/eraser.hpp"

#include "hub/store/sqlite/rows/rows.hpp"
#include "hub/store/sqlite/sql/erasure.sql.hpp"

namespace katydid::store::sqlite {
Eraser::Eraser(WriterState& state)
    : state_{state},
      find_events_{state.connection.prepare(sql::find_events_of_subject)},
      erase_event_{state.connection.prepare(sql::erase_event)},
      forget_digest_{state.connection.prepare(sql::forget_digest)},
      find_deliveries_{state.connection.prepare(sql::find_deliveries_of_event)},
      clean_delivery_{state.connection.prepare(sql::forget_order_key)},
      cancel_{state.connection.prepare(sql::cancel_erased)},
      clean_attempts_{state.connection.prepare(sql::erase_attempts)}
{}

Eraser::Step Eraser::erase_some(const Erasure& order)
{
    const auto tenant = state_.interned.tenant(order.tenant);
    std::vector<Target> targets;
    find_events_.with(tenant, order.subject, Erasure::events_per_step);
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
        erase_event_.with(target.event, target.id).run();
        forget_digest_.with(tenant, Blob{target.key}).run();
        std::vector<std::int64_t> deliveries;
        find_deliveries_.with(target.first_delivery, target.deliveries, target.event);
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
    clean_delivery_.with(seq).run();
    clean_attempts_.with(seq).run();
    if (state_.claims.find(seq) != nullptr) return 0;  // in flight: its settlement ends it
    for (const auto state : {DeliveryState::pending, DeliveryState::scheduled}) {
        cancel_.with(now, seq, state).run();
        if (state_.connection.changes() != 1) continue;
        state_.counters.move(tenant, state, DeliveryState::cancelled);
        return 1;
    }
    return 0;
}

}  // namespace katydid::store::sqlite
