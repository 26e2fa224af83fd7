// Moves deliveries when people ask.
#pragma once

#include "hub/store/postgres/wire/session.hpp"

namespace katydid::store::postgres {

// What is in flight on this hub is left alone: its settlement decides. Of what is in flight on
// another hub nothing is known here: a redelivery waits there until that attempt has ended, and
// a cancellation wins over what the attempt comes to.

struct Redeliver {
    TenantId tenant;
    std::vector<DeliveryId> deliveries;
    Lane lane;
    Timestamp now;
};
awaitable<result<std::uint64_t>> redeliver(Session& session, const Redeliver& order);

struct Replay {
    TenantId tenant;
    EventId event;
    std::vector<Recipient> recipients;
    Timestamp now;
};
awaitable<result<std::vector<DeliveryId>>> replay(Session& session, const Replay& order);

struct Cancel {
    TenantId tenant;
    std::vector<DeliveryId> deliveries;
    std::string reason;
    Timestamp now;
};
awaitable<result<std::uint64_t>> cancel(Session& session, const Cancel& order);

struct CancelAll {
    TenantId tenant;
    SubscriptionId subscription;
    std::string reason;
    Timestamp now;
};
/// Cancels some of what waits for a subscription; 0 when nothing is left.
awaitable<result<std::uint64_t>> cancel_some(Session& session, const CancelAll& order);

}  // namespace katydid::store::postgres
