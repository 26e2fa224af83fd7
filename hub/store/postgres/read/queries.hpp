// Queries.
#pragma once

#include "hub/store/postgres/wire/connection.hpp"
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
awaitable<result<Delivery>> get_delivery(Connection& connection, TenantId tenant, DeliveryId id);
awaitable<result<std::vector<Attempt>>> list_attempts(Connection& connection, TenantId tenant,
                                                      DeliveryId id);
awaitable<result<Stats>> count(Connection& connection, std::optional<TenantId> tenant);

// Settings.
awaitable<result<std::vector<Subscription>>> list_subscriptions(Connection& connection);
awaitable<result<std::vector<Source>>> list_sources(Connection& connection);
awaitable<result<std::vector<SealedKey>>> list_keys(Connection& connection);
awaitable<result<std::vector<ApiKey>>> list_api_keys(Connection& connection);
awaitable<result<std::vector<Record>>> list_records(Connection& connection,
                                                    const std::string& kind);
struct RecordName {
    TenantId tenant;
    std::string kind;
    std::string id;
};
awaitable<result<Record>> get_record(Connection& connection, const RecordName& name);

awaitable<result<std::vector<Rejected>>> list_rejected(Connection& connection,
                                                       const RejectedQuery& query);
awaitable<result<Rejected>> get_rejected(Connection& connection, TenantId tenant, RejectedId id);

}  // namespace katydid::store::postgres
