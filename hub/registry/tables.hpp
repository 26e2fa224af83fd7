// What one event loop knows of the hub's configuration: sources, subscriptions, keys.
#pragma once

#include "hub/registry/routes.hpp"
#include "hub/store/store.hpp"
#include "signing/key_ring.hpp"
#include "signing/scheme.hpp"

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace katydid::registry {

/// A source with its schemes found and its secrets opened. `schemes[i]` is the one that
/// `source.schemes[i]` names.
struct SourceEntry {
    store::Source source;
    std::vector<signing::SchemePtr> schemes;
    signing::KeyRingPtr keys;
    std::string public_url;
};
using SourceEntryPtr = std::shared_ptr<const SourceEntry>;
using ApiKeyPtr = std::shared_ptr<const store::ApiKey>;

/// Look-ups of the hot path, without a lock: every loop has its own copy, and a change is posted
/// to each of them (Registry).
///
/// Thread safety: none.
class Tables {
public:
    [[nodiscard]] SourceEntryPtr source(TenantId tenant, std::string_view name) const;
    [[nodiscard]] std::vector<SourceEntryPtr> sources(TenantId tenant) const;

    [[nodiscard]] SubscriptionPtr subscription(SubscriptionId id) const;
    [[nodiscard]] SubscriptionPtr subscription_by_name(TenantId tenant,
                                                       std::string_view name) const;
    /// Newest first.
    [[nodiscard]] std::vector<SubscriptionPtr> subscriptions(TenantId tenant) const;
    [[nodiscard]] std::vector<SubscriptionPtr> match(const Event& event) const;
    /// The ring that signs for a subscription; null when there is none.
    [[nodiscard]] signing::KeyRingPtr subscription_keys(SubscriptionId id) const;

    /// \param sha256  32 bytes
    [[nodiscard]] ApiKeyPtr api_key(std::string_view sha256) const;

    void put_source(SourceEntryPtr entry);
    void remove_source(TenantId tenant, std::string_view name);
    void put_subscription(SubscriptionPtr subscription, signing::KeyRingPtr keys);
    void remove_subscription(SubscriptionId id);
    void put_api_key(ApiKeyPtr key);

private:
    struct TenantTables {
        std::map<std::string, SourceEntryPtr, std::less<>> sources;
        Routes routes;
        std::map<SubscriptionId, SubscriptionPtr, std::greater<>> subscriptions;
    };
    struct Endpoint {
        SubscriptionPtr subscription;
        signing::KeyRingPtr keys;
    };
    [[nodiscard]] const TenantTables* find(TenantId tenant) const;

    std::unordered_map<TenantId, TenantTables> tenants_;
    std::unordered_map<SubscriptionId, Endpoint> subscriptions_;
    std::unordered_map<std::string, ApiKeyPtr> api_keys_;
};

}  // namespace katydid::registry
