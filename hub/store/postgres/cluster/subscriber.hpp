// Whose deliveries: a subscription within its tenant.
#pragma once

#include "hub/core/id.hpp"
#include "hub/store/shared/lane_claims.hpp"

#include <compare>
#include <functional>

namespace katydid::store::postgres {

struct Subscriber {
    TenantId tenant;
    SubscriptionId subscription;
    friend auto operator<=>(const Subscriber&, const Subscriber&) = default;
};

}  // namespace katydid::store::postgres

template <>
struct std::hash<katydid::store::postgres::Subscriber> {
    std::size_t operator()(const katydid::store::postgres::Subscriber& key) const noexcept
    {
        return std::hash<katydid::SubscriptionId>{}(key.subscription)
               ^ (std::hash<katydid::TenantId>{}(key.tenant) << 1U);
    }
};

namespace katydid::store::postgres {

struct HeldRow {
    Subscriber subscriber;
    DeliveryState state;  ///< the stored one, pending or scheduled
    Lane lane;
    std::uint32_t attempts = 0;  ///< made before
};

/// What this hub holds of the subscriptions it owns. Thread safety: none.
using Claims = BasicClaims<DeliveryId, HeldRow>;

}  // namespace katydid::store::postgres
