#include "hub/store/postgres/write/redelivery.hpp"

#include "hub/store/shared/encoding.hpp"
#include "hub/store/postgres/cluster/new_leases.hpp"
#include "hub/store/postgres/sql/redelivery.sql.hpp"

namespace katydid::store::postgres {
namespace {

struct Row {
    DeliveryId id;
    SubscriptionId subscription;
    DeliveryState state;
    bool is_own = false;  ///< of the replay job that asks
};

std::vector<Row> read_rows(const Rows& rows)
{
    std::vector<Row> out;
    for (int row = 0; row < rows.size(); ++row)
        out.push_back({rows.id<DeliveryId>(row, 0), rows.id<SubscriptionId>(row, 1),
                       static_cast<DeliveryState>(rows.integer(row, 2))});
    return out;
}

awaitable<std::vector<Row>> lock_rows(Session& session, const TenantId& tenant,
                                      const std::vector<DeliveryId>& ids, std::optional<JobId> job)
{
    Array wanted{Type::id};
    for (const auto& id : ids) wanted.add(id);
    const auto params = Params::of(tenant, std::move(wanted), job);
    const auto found = co_await session.connection.ask(sql::lock_deliveries, params);
    auto rows = read_rows(found);
    for (std::size_t i = 0; job && i < rows.size(); ++i)
        rows[i].is_own = found.integer(static_cast<int>(i), 3) != 0;
    co_return rows;
}

void announce(Session& session, const TenantId& tenant, const Row& row, Lane lane, Timestamp now)
{
    session.effects.moved.push_back(
        {{tenant, row.subscription}, lane, {to_integer(now), row.id}, true, true, false});
}

void make_due(Session& session, const Redeliver& order, const std::vector<Row>& rows)
{
    if (rows.empty()) return;
    Array ids{Type::id};
    for (const auto& row : rows) {
        ids.add(row.id);
        session.effects.counters.move(order.tenant, row.state, DeliveryState::pending);
        announce(session, order.tenant, row, order.lane, order.now);
    }
    const auto params = Params::of(order.tenant, std::move(ids), order.lane, order.now, order.job);
    session.connection.add(sql::make_due, params);
}

void cancel_rows(Session& session, const TenantId& tenant, const std::vector<Row>& rows,
                 const std::string& reason, Timestamp now)
{
    if (rows.empty()) return;
    Array ids{Type::id};
    for (const auto& row : rows) {
        ids.add(row.id);
        session.effects.counters.move(tenant, row.state, DeliveryState::cancelled);
    }
    const auto params = Params::of(tenant, std::move(ids), now, reason);
    session.connection.add(sql::cancel_deliveries, params);
}

/// The deliveries an event has already, by subscription.
awaitable<std::map<SubscriptionId, Row>> find_pairs(Session& session, const TenantId& tenant,
                                                    const Rows& event)
{
    const auto params = Params::of(tenant, event.id<EventId>(0, 0), event.id<DeliveryId>(0, 1),
                                   event.id<DeliveryId>(0, 2));
    const auto rows = co_await session.connection.ask(sql::find_pairs, params);
    std::map<SubscriptionId, Row> pairs;
    for (auto& row : read_rows(rows)) pairs.emplace(row.subscription, row);
    co_return pairs;
}

void insert_replayed(Session& session, const Replay& order, const std::vector<Row>& rows,
                     const std::vector<const Recipient*>& recipients)
{
    if (rows.empty()) return;
    Array ids{Type::id}, subscriptions{Type::id}, order_keys{Type::bytes};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        ids.add(rows[i].id);
        subscriptions.add(rows[i].subscription);
        order_keys.add(recipients[i]->order_key);
        session.effects.counters.add(order.tenant, static_cast<int>(DeliveryState::pending), 1);
        announce(session, order.tenant, rows[i], Lane::replay, order.now);
    }
    const auto params = Params::of(order.tenant, order.event, order.now,
                                   static_cast<std::int64_t>(Lane::replay), std::move(ids),
                                   std::move(subscriptions), std::move(order_keys));
    session.connection.add(sql::insert_replayed, params);
}

awaitable<void> find_owners(Session& session, const Replay& order)
{
    std::set<Subscriber> unknown;
    for (const auto& recipient : order.recipients) {
        const Subscriber subscriber{order.tenant, recipient.subscription};
        if (!session.state.ownership.is_known(subscriber)) unknown.insert(subscriber);
    }
    std::vector<Subscriber> asked;
    if (!add_unowned(session.connection, session.state, std::move(unknown), asked)) co_return;
    const auto answers = co_await session.connection.run();
    const auto ours = note_taken_leases(session.state, answers.at(0), asked);
    session.effects.leases.insert(session.effects.leases.end(), ours.begin(), ours.end());
}

}  // namespace

awaitable<result<std::uint64_t>> redeliver(Session& session, const Redeliver& order)
{
    auto rows = co_await lock_rows(session, order.tenant, order.deliveries, order.job);
    const auto own = std::erase_if(rows, [](const Row& row) { return row.is_own; });
    std::erase_if(rows, [&](const Row& row) {
        return row.state == DeliveryState::pending || session.state.claims.find(row.id) != nullptr;
    });
    make_due(session, order, rows);
    co_return std::uint64_t{rows.size() + own};
}

awaitable<result<std::uint64_t>> take_back_some(Session& session, const TakeBack& order)
{
    const auto limit = rows_per_step_max + session.state.claims.count_held();
    // What another hub owns may be in flight there: it goes out.
    const auto params = Params::of(order.tenant, order.job, static_cast<std::int64_t>(limit),
                                   session.state.ownership.self);
    const auto found = co_await session.connection.ask(sql::lock_not_started, params);
    auto rows = read_rows(found);
    std::erase_if(rows,
                  [&](const Row& row) { return session.state.claims.find(row.id) != nullptr; });
    if (rows.empty()) co_return std::uint64_t{0};
    Array ids{Type::id};
    for (const auto& row : rows) {
        ids.add(row.id);
        session.effects.counters.move(order.tenant, DeliveryState::pending, row.state);
    }
    const auto taken = Params::of(order.tenant, std::move(ids));
    session.connection.add(sql::take_back, taken);
    co_return std::uint64_t{rows.size()};
}

awaitable<result<std::uint64_t>> bring_some_forward(Session& session, const BringForward& order)
{
    const auto params = Params::of(order.tenant, order.subscription, order.now,
                                   static_cast<std::int64_t>(rows_per_step_max));
    const auto found = co_await session.connection.ask(sql::lock_scheduled, params);
    const auto rows = read_rows(found);
    if (rows.empty()) co_return std::uint64_t{0};
    Array ids{Type::id};
    for (const auto& row : rows) {
        ids.add(row.id);
        announce(session, order.tenant, row, Lane::retry, order.now);
    }
    const auto brought = Params::of(order.tenant, std::move(ids), order.now);
    session.connection.add(sql::bring_forward, brought);
    co_return std::uint64_t{rows.size()};
}

awaitable<result<std::vector<DeliveryId>>> replay(Session& session, const Replay& order)
{
    const auto params = Params::of(order.tenant, order.event);
    const auto event = co_await session.connection.ask(sql::lock_event, params);
    if (event.empty())
        co_return Error{errc::not_found, "There is no event " + order.event.to_string()
                                             + ", or its payload was erased."};
    auto pairs = co_await find_pairs(session, order.tenant, event);
    co_await find_owners(session, order);
    std::vector<DeliveryId> ids;
    std::vector<Row> again, added;
    std::vector<const Recipient*> added_for;
    for (const auto& recipient : order.recipients) {
        const auto found = pairs.find(recipient.subscription);
        if (found == pairs.end()) {
            added.push_back({session.state.make_delivery_id(order.now), recipient.subscription,
                             DeliveryState::pending});
            added_for.push_back(&recipient);
            ids.push_back(added.back().id);
            pairs.emplace(recipient.subscription, added.back());
            continue;
        }
        ids.push_back(found->second.id);
        const bool is_held = session.state.claims.find(found->second.id) != nullptr;
        if (is_held || found->second.state == DeliveryState::pending) continue;
        again.push_back(found->second);
        found->second.state = DeliveryState::pending;
    }
    const Redeliver due{order.tenant, {}, Lane::replay, order.now};
    make_due(session, due, again);
    insert_replayed(session, order, added, added_for);
    co_return ids;
}

awaitable<result<std::uint64_t>> cancel(Session& session, const Cancel& order)
{
    auto rows = co_await lock_rows(session, order.tenant, order.deliveries, std::nullopt);
    std::erase_if(rows, [&](const Row& row) {
        return is_final(row.state) || session.state.claims.find(row.id) != nullptr;
    });
    cancel_rows(session, order.tenant, rows, order.reason, order.now);
    co_return std::uint64_t{rows.size()};
}

awaitable<result<std::uint64_t>> cancel_some(Session& session, const CancelAll& order)
{
    const auto held = session.state.claims.count_held({order.tenant, order.subscription});
    const auto params = Params::of(order.tenant, order.subscription,
                                   std::int64_t{rows_per_step_max} + held);
    const auto found = co_await session.connection.ask(sql::lock_waiting, params);
    auto rows = read_rows(found);
    std::erase_if(rows,
                  [&](const Row& row) { return session.state.claims.find(row.id) != nullptr; });
    cancel_rows(session, order.tenant, rows, order.reason, order.now);
    co_return std::uint64_t{rows.size()};
}

}  // namespace katydid::store::postgres
