// Queries.
#pragma once

#include "hub/store/postgres/wire/connection.hpp"
#include "hub/store/shared/record_names.hpp"
#include "hub/store/store.hpp"

namespace katydid::store::postgres {

/// How far times and ids of rows differ at most, for lists by time.
awaitable<milliseconds> find_slack(Connection& connection);

// Lists go by id, which is the order of acceptance.
awaitable<result<std::vector<EventRow>>> list_events(Connection& connection,
                                                     const EventQuery& query);
awaitable<result<EventPtr>> get_event(Connection& connection, TenantId tenant, EventId id);
awaitable<result<std::vector<Delivery>>> list_deliveries(Connection& connection,
                                                         const DeliveryQuery& query);
awaitable<result<std::vector<DeliveryId>>> list_delivery_ids(Connection& connection,
                                                             const DeliveryQuery& query);
awaitable<result<std::vector<ReplayCount>>> count_of_job(Connection& connection, TenantId tenant,
                                                         JobId job,
                                                         const std::vector<DeliveryState>& states);
awaitable<result<Delivery>> get_delivery(Connection& connection, TenantId tenant, DeliveryId id);
awaitable<result<std::vector<Attempt>>> list_attempts(Connection& connection, TenantId tenant,
                                                      DeliveryId id);
awaitable<result<Stats>> count(Connection& connection, std::optional<TenantId> tenant);

// Hubs.
awaitable<result<std::vector<std::string>>> list_hub_addresses(Connection& connection);
awaitable<result<std::vector<std::string>>>
find_owner_addresses(Connection& connection, const std::vector<SubscriptionName>& names);

// Settings.
awaitable<result<std::vector<Record>>> list_records(Connection& connection,
                                                    const std::string& kind);
awaitable<result<Record>> get_record(Connection& connection, const RecordName& name);

}  // namespace katydid::store::postgres
