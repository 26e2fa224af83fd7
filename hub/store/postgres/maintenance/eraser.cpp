#include "hub/store/postgres/maintenance/maintenance.hpp"

#include "hub/store/shared/encoding.hpp"
#include "hub/store/postgres/sql/erasure.sql.hpp"

namespace katydid::store::postgres {
namespace {

/// The deliveries of these events, those in flight here apart.
struct Targets {
    Array all{Type::id};
    Array waiting{Type::id};
    std::uint64_t cancelled = 0;
};

Targets choose_targets(Session& session, const TenantId& tenant, const Rows& rows)
{
    Targets targets;
    for (int row = 0; row < rows.size(); ++row) {
        const auto id = rows.id<DeliveryId>(row, 0);
        targets.all.add(id);
        const auto state = static_cast<DeliveryState>(rows.integer(row, 1));
        // In flight: its settlement ends it.
        if (is_final(state) || session.state.claims.find(id) != nullptr) continue;
        targets.waiting.add(id);
        ++targets.cancelled;
        session.effects.counters.move(tenant, state, DeliveryState::cancelled);
    }
    return targets;
}

/// Events that are emptied, their ids as text, and what they are known by.
struct Emptied {
    Array ids{Type::id};
    Array names{Type::bytes};
    Array keys{Type::bytes};
};

/// An external id may be a name: it goes. The event stays known by it, so that a repeat brings
/// nothing back.
void add_emptying(Connection& connection, const TenantId& tenant, Emptied emptied)
{
    const auto params = Params::of(tenant, std::move(emptied.ids), std::move(emptied.names));
    connection.add(sql::erase_events, params);
    const auto forgotten = Params::of(tenant, std::move(emptied.keys));
    connection.add(sql::forget_digests, forgotten);
}

}  // namespace

awaitable<result<Erased>> erase_some(Session& session, const Erasure& order)
{
    auto& connection = session.connection;
    const auto wanted = Params::of(order.tenant, order.subject, Erasure::events_per_step);
    const auto events = co_await connection.ask(sql::find_events_of_subject, wanted);
    Erased erased;
    if (events.empty()) co_return erased;
    Array ids{Type::id}, firsts{Type::id}, lasts{Type::id};
    Emptied emptied;
    for (int row = 0; row < events.size(); ++row) {
        const auto id = events.id<EventId>(row, 0);
        session.state.cache.remove(id);
        ids.add(id);
        emptied.ids.add(id);
        emptied.names.add(std::string_view{id.to_string()});
        emptied.keys.add(std::string_view{dedupe_key(events.bytes(row, 3), events.bytes(row, 4))});
        firsts.add(events.id<DeliveryId>(row, 1));
        lasts.add(events.id<DeliveryId>(row, 2));
    }
    const auto in = Params::of(order.tenant, std::move(ids), std::move(firsts), std::move(lasts));
    const auto deliveries = co_await connection.ask(sql::find_deliveries_of_events, in);
    auto targets = choose_targets(session, order.tenant, deliveries);
    erased.events = static_cast<std::uint64_t>(events.size());
    erased.deliveries_cancelled = targets.cancelled;

    add_emptying(connection, order.tenant, std::move(emptied));
    const auto all = Params::of(order.tenant, std::move(targets.all));
    connection.add(sql::forget_order_keys, all);
    connection.add(sql::erase_attempts, all);
    const auto waiting = Params::of(order.tenant, std::move(targets.waiting), order.now);
    connection.add(sql::cancel_erased, waiting);
    co_return erased;
}

}  // namespace katydid::store::postgres
