// The hubs that share one store, and which of them owns which subscription.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/error.hpp"
#include "hub/core/id.hpp"

#include <string>
#include <vector>

namespace katydid::store {

/// A subscription within its tenant.
struct SubscriptionName {
    TenantId tenant;
    SubscriptionId subscription;
};

/// Where no other hub can use the store, there is no other and nothing to ask.
class Owners {
public:
    virtual ~Owners() = default;
    /// Where the hubs that live can be reached, this one included (StoreOptions::address).
    virtual awaitable<result<std::vector<std::string>>> hub_addresses()
    {
        co_return std::vector<std::string>{};
    }
    /// Where the owner of each subscription can be reached; empty: none owns it at the moment. The
    /// owner of what was never delivered is the hub that should own it.
    virtual awaitable<result<std::vector<std::string>>>
    owner_addresses(std::vector<SubscriptionName> names)
    {
        co_return std::vector<std::string>(names.size());
    }
    /// Takes up the subscriptions of a tenant that moved here from another shard, where the one who
    /// moved it could not say so any more. May be called twice.
    virtual awaitable<result<void>> take_over(TenantId) { co_return result<void>{}; }
};

}  // namespace katydid::store
