// Deliveries that people send again or cancel.
#pragma once

#include "hub/core/delivery.hpp"
#include "hub/store/event_log.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace katydid::store {

class Deliveries {
public:
    virtual ~Deliveries() = default;
    /// Makes finished or scheduled deliveries due now. Returns how many there were.
    virtual awaitable<result<std::uint64_t>>
    redeliver(TenantId tenant, std::vector<DeliveryId> deliveries, Lane lane, Timestamp now) = 0;
    /// New deliveries of a stored event for these subscriptions (replay). An existing delivery of
    /// the pair is made due again instead, so that its id stays.
    virtual awaitable<result<std::vector<DeliveryId>>>
    replay(TenantId tenant, EventId event, std::vector<Recipient> recipients, Timestamp now) = 0;
    /// Cancels what is not finished and not in flight. Returns how many there were.
    virtual awaitable<result<std::uint64_t>>
    cancel(TenantId tenant, std::vector<DeliveryId> deliveries, std::string reason, Timestamp now)
        = 0;
    virtual awaitable<result<std::uint64_t>>
    cancel_all(TenantId tenant, SubscriptionId subscription, std::string reason, Timestamp now) = 0;
};

}  // namespace katydid::store
