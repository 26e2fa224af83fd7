#include "hub/store/postgres/cluster/new_leases.hpp"
#include "hub/store/postgres/sql/cluster.sql.hpp"

namespace katydid::store::postgres {

bool add_unowned(Connection& connection, const WriterState& state, std::set<Subscriber> subscribers,
                 std::vector<Subscriber>& asked)
{
    if (subscribers.empty()) return false;
    asked.assign(subscribers.begin(), subscribers.end());
    Array tenants{Type::id}, subscriptions{Type::id}, hubs{Type::id};
    for (const auto& subscriber : asked) {
        tenants.add(subscriber.tenant);
        subscriptions.add(subscriber.subscription);
        hubs.add(state.ownership.choose(subscriber));
    }
    const auto params = Params::of(std::move(tenants), std::move(subscriptions), std::move(hubs));
    connection.add(sql::insert_leases, params);
    return true;
}

std::vector<Subscriber> note_taken_leases(WriterState& state, const Rows& taken,
                                          const std::vector<Subscriber>& asked)
{
    std::vector<Subscriber> ours;
    for (int row = 0; row < taken.size(); ++row) {
        if (taken.id<HubId>(row, 2) != state.ownership.self) continue;
        ours.push_back({taken.id<TenantId>(row, 0), taken.id<SubscriptionId>(row, 1)});
        state.ownership.take_provisionally(ours.back(), taken.integer(row, 3));
    }
    for (const auto& subscriber : asked)
        if (!state.ownership.is_known(subscriber)) state.ownership.note_foreign(subscriber);
    return ours;
}

awaitable<result<void>> take_over_leases(Session& session, TenantId tenant)
{
    const auto params = Params::of(tenant);
    const auto taken = co_await session.connection.ask(sql::activate_leases, params);
    if (taken.affected() > 0) notify(session.connection, session.state.channel, leases_changed);
    co_return result<void>{};
}

}  // namespace katydid::store::postgres
