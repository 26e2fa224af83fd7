// Deliveries that people send again or cancel.
#pragma once

#include "hub/core/delivery.hpp"
#include "hub/store/event_log.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace katydid::store {

class Deliveries {
public:
    virtual ~Deliveries() = default;
    /// Makes finished or scheduled deliveries due now. Returns how many there were.
    /// \param job  the replay job that does: they are its own until they are made due by another.
    ///   Those that are its own already are left alone and counted, so that it may ask twice.
    virtual awaitable<result<std::uint64_t>>
    redeliver(TenantId tenant, std::vector<DeliveryId> deliveries, Lane lane, Timestamp now,
              std::optional<JobId> job)
        = 0;
    /// What a replay job made due and is not in flight ends again as it had ended before; what was
    /// scheduled before stays due. Returns how many there were.
    virtual awaitable<result<std::uint64_t>> take_back(TenantId tenant, JobId job) = 0;
    /// Makes the scheduled retries of a subscription due now, oldest first: its receiver is back.
    /// Each keeps the time that its schedule had for it (Delivery::slot_at). Returns how many there
    /// were.
    virtual awaitable<result<std::uint64_t>>
    bring_forward(TenantId tenant, SubscriptionId subscription, Timestamp now) = 0;
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
