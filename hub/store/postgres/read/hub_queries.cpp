#include "hub/store/postgres/cluster/ownership.hpp"
#include "hub/store/postgres/read/queries.hpp"
#include "hub/store/postgres/sql/cluster.sql.hpp"

#include <map>

namespace katydid::store::postgres {

awaitable<result<std::vector<std::string>>> list_hub_addresses(Connection& connection)
{
    const auto rows = co_await connection.ask(sql::list_living_hubs);
    std::vector<std::string> addresses;
    for (int row = 0; row < rows.size(); ++row) addresses.push_back(rows.text(row, 1));
    co_return addresses;
}

awaitable<result<std::vector<std::string>>>
find_owner_addresses(Connection& connection, const std::vector<SubscriptionName>& names)
{
    Array tenants{Type::id}, subscriptions{Type::id};
    for (const auto& name : names) {
        tenants.add(name.tenant);
        subscriptions.add(name.subscription);
    }
    const auto params = Params::of(std::move(tenants), std::move(subscriptions));
    connection.add(sql::list_living_hubs);
    connection.add(sql::find_owners, params);
    const auto answers = co_await connection.run();
    const auto& living = answers.at(0);
    const auto& found = answers.at(1);
    Ownership choice;
    std::vector<HubId> hubs;
    std::map<HubId, std::string> address_of;
    for (int row = 0; row < living.size(); ++row) {
        hubs.push_back(living.id<HubId>(row, 0));
        address_of[hubs.back()] = living.text(row, 1);
    }
    choice.set_hubs(std::move(hubs));
    std::vector<std::string> addresses;
    for (int row = 0; row < found.size(); ++row) {
        const auto& name = names.at(static_cast<std::size_t>(row));
        const bool is_new = found.integer(row, 0) != 0;
        const auto chosen = choice.choose({name.tenant, name.subscription});
        addresses.push_back(is_new ? address_of[chosen] : found.text(row, 1));
    }
    co_return addresses;
}

}  // namespace katydid::store::postgres
