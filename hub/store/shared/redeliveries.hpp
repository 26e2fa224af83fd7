// What people ask to be done with deliveries, as both stores carry it out.
#pragma once

#include "hub/store/store.hpp"

namespace katydid::store {

/// Rows changed in one transaction, so that a large backlog does not stall appends.
constexpr std::size_t rows_per_step_max = 500;

struct Redeliver {
    TenantId tenant;
    std::vector<DeliveryId> deliveries;
    Lane lane;
    Timestamp now;
    std::optional<JobId> job{};
};

struct TakeBack {
    TenantId tenant;
    JobId job;
};

struct BringForward {
    TenantId tenant;
    SubscriptionId subscription;
    Timestamp now;
};

struct Replay {
    TenantId tenant;
    EventId event;
    std::vector<Recipient> recipients;
    Timestamp now;
};

struct Cancel {
    TenantId tenant;
    std::vector<DeliveryId> deliveries;
    std::string reason;
    Timestamp now;
};

struct CancelAll {
    TenantId tenant;
    SubscriptionId subscription;
    std::string reason;
    Timestamp now;
};

}  // namespace katydid::store
