#include "hub/store/postgres/cluster/claimer.hpp"

#include "hub/store/postgres/write/activity.hpp"
#include "hub/store/shared/encoding.hpp"
#include "hub/store/postgres/read/event_rows.hpp"
#include "hub/store/postgres/sql/claim.sql.hpp"
#include "hub/store/postgres/sql/rows.sql.hpp"

namespace katydid::store::postgres {
namespace {

/// The smallest id that comes after this one.
DeliveryId next_id(const DeliveryId& id)
{
    auto bytes = id.bytes();
    for (std::size_t i = bytes.size(); i-- > 0;)
        if (++bytes[i] != 0) break;
    return DeliveryId{bytes};
}

}  // namespace

awaitable<void> Claimer::claim(Connection& connection, const std::vector<ClaimOrder*>& orders)
{
    std::vector<Search> searches;
    for (auto* order : orders) start(connection, *order, searches);
    if (searches.empty()) co_return;
    const auto answers = co_await connection.run();
    std::vector<Found> found;
    for (std::size_t i = 0; i < searches.size(); ++i) take_due(searches[i], answers.at(i), found);
    std::map<EventId, EventPtr> events;
    co_await load_events(connection, found, events);
    hand_out(found, events);
}

bool Claimer::start(Connection& connection, ClaimOrder& order, std::vector<Search>& searches)
{
    const auto& claim = order.claim;
    const Subscriber subscriber{claim.tenant, claim.subscription};
    order.answer = {};
    order.answer.exhausted = true;
    if (!may_hand_out(subscriber, claim.lane)) return false;
    const auto from = state_.claims.position(subscriber, claim.lane);
    // What is held is in the index too, and is passed over.
    const auto rows_max = claim.count_max + state_.claims.count_held(subscriber) + 1;
    searches.push_back({&order, subscriber, state_.claims.count_rewinds(subscriber, claim.lane),
                        static_cast<int>(rows_max), from});
    const auto params = Params::of(claim.tenant, claim.subscription,
                                   static_cast<std::int64_t>(claim.lane), from.due_at, from.seq,
                                   std::int64_t{rows_max});
    connection.add(sql::scan_due, params);
    return true;
}

/// Not while the lease is over, or about to be given away: then the lane is announced anew when it
/// holds again, here or elsewhere.
bool Claimer::may_hand_out(const Subscriber& subscriber, Lane lane)
{
    if (state_.ownership.find_active(subscriber, WriterState::now()) != nullptr) return true;
    if (state_.ownership.find(subscriber) != nullptr)
        state_.claims.close_lane(subscriber, lane, false);
    return false;
}

void Claimer::take_due(const Search& search, const Rows& rows, std::vector<Found>& found)
{
    const auto& claim = search.order->claim;
    auto& claims = state_.claims;
    auto& answer = search.order->answer;
    if (!may_hand_out(search.subscriber, claim.lane)) return;
    const auto now = claim.lane == Lane::fresh ? std::max(claim.now, state_.newest_accepted)
                                               : claim.now;
    auto next = search.from;
    std::uint32_t taken = 0;
    bool stopped = rows.size() == search.rows_max;  // there may be more after the last one
    for (int row = 0; row < rows.size(); ++row) {
        auto delivery = read_delivery(rows, row);
        const auto due_at = to_integer(delivery.due_at);
        const bool is_held = claims.find(delivery.id) != nullptr;
        if (delivery.due_at > now) {
            if (is_held) continue;
            answer.next_due = delivery.due_at;
            stopped = false;
            break;
        }
        if (!is_held && taken == claim.count_max) {
            stopped = true;
            next = {due_at, delivery.id};
            break;
        }
        next = {due_at, next_id(delivery.id)};
        if (is_held) continue;
        ++taken;
        claims.hold(delivery.id,
                    {search.subscriber, delivery.state, delivery.lane, delivery.attempts});
        found.push_back({search.order, std::move(delivery)});
    }
    // A row that another hub wrote meanwhile may be before the place this search came to.
    const bool is_stale = claims.count_rewinds(search.subscriber, claim.lane) != search.rewinds;
    answer.exhausted = !stopped && !is_stale;
    if (!is_stale) claims.advance(search.subscriber, claim.lane, next);
    if (answer.exhausted) claims.open_lane(search.subscriber, claim.lane);
}

awaitable<void> Claimer::load_events(Connection& connection, const std::vector<Found>& found,
                                     std::map<EventId, EventPtr>& events)
{
    Array tenants{Type::id}, ids{Type::id};
    for (const auto& [order, delivery] : found) {
        const auto [entry, is_new] = events.try_emplace(delivery.event);
        if (!is_new) continue;
        entry->second = state_.cache.find(delivery.event);
        if (entry->second) continue;
        tenants.add(delivery.tenant);
        ids.add(delivery.event);
    }
    if (tenants.size() == 0) co_return;
    const auto params = Params::of(std::move(tenants), std::move(ids));
    std::optional<Rows> rows;
    std::exception_ptr failure;
    try {
        rows = co_await connection.ask(sql::load_events, params);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        for (const auto& [order, delivery] : found) {
            state_.claims.drop(delivery.id);
            state_.claims.rewind({delivery.tenant, delivery.subscription}, delivery.lane, {});
        }
        std::rethrow_exception(failure);
    }
    for (int row = 0; row < rows->size(); ++row) {
        if (is_erased(*rows, row)) continue;
        auto event = read_full_event(*rows, row);
        if (!event) continue;
        state_.cache.add((*event)->id, *event);
        events[(*event)->id] = *event;
    }
}

void Claimer::hand_out(std::vector<Found>& found, const std::map<EventId, EventPtr>& events)
{
    for (auto& [order, delivery] : found) {
        // It may have changed hands while its event was read.
        const auto* owned = state_.ownership.find({delivery.tenant, delivery.subscription});
        if (owned == nullptr || state_.claims.find(delivery.id) == nullptr) continue;
        const auto& event = events.at(delivery.event);
        if (!event || event->tenant != delivery.tenant) {
            state_.damaged.emplace_back(delivery.tenant, delivery.id);
            continue;
        }
        delivery.state = DeliveryState::in_flight;
        order->answer.works.push_back({std::move(delivery), event, owned->lease});
    }
}

void Claimer::release(const TenantId& tenant, const std::vector<DeliveryId>& deliveries)
{
    for (const auto& id : deliveries) {
        const auto* found = state_.claims.find(id);
        if (found == nullptr || found->subscriber.tenant != tenant) continue;
        const auto held = *state_.claims.drop(id);
        state_.claims.close_lane(held.subscriber, held.lane, false);
        state_.claims.rewind(held.subscriber, held.lane, {});
    }
}

awaitable<void> Claimer::fail_corrupt(Connection& connection)
{
    if (state_.damaged.empty()) co_return;
    const auto damaged = std::exchange(state_.damaged, {});
    state_.warn(std::to_string(damaged.size())
                + " deliveries were ended unsent: their stored event is damaged or was erased. When"
                  " no one erased it, check the database's disk.");
    Array tenants{Type::id}, ids{Type::id};
    CommitEffects effects;
    for (const auto& [tenant, id] : damaged) {
        const auto* held = state_.claims.find(id);
        if (held == nullptr) continue;
        tenants.add(tenant);
        ids.add(id);
        effects.settled.push_back(id);
        effects.counters.move(tenant, held->state, DeliveryState::dead);
        effects.activity.ended(tenant, DeliveryState::dead, WriterState::now());
    }
    const auto params = Params::of(std::move(tenants), std::move(ids), WriterState::now());
    connection.add("BEGIN");
    connection.add(sql::fail_corrupt, params);
    write_counts(connection, effects.counters, state_.slot());
    write_activity(connection, effects.activity, state_.slot());
    connection.add("COMMIT");
    co_await connection.run();
    state_.apply(effects);
}

awaitable<std::vector<Backlog>> find_backlog(Connection& connection, const HubId& hub,
                                             const std::vector<Subscriber>& subscribers)
{
    Params params;
    params.add(hub);
    if (!subscribers.empty()) {
        Array tenants{Type::id}, subscriptions{Type::id};
        for (const auto& subscriber : subscribers) {
            tenants.add(subscriber.tenant);
            subscriptions.add(subscriber.subscription);
        }
        params.add(std::move(tenants)).add(std::move(subscriptions));
    }
    const std::string_view statement = subscribers.empty() ? std::string_view{sql::find_backlog}
                                                           : std::string_view{sql::find_backlog_of};
    const auto rows = co_await connection.ask(statement, params);
    std::vector<Backlog> waiting;
    for (int row = 0; row < rows.size(); ++row)
        waiting.push_back({rows.id<TenantId>(row, 0), rows.id<SubscriptionId>(row, 1),
                           static_cast<Lane>(rows.integer(row, 2)), rows.time(row, 3)});
    co_return waiting;
}

}  // namespace katydid::store::postgres
