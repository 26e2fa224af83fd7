// What one event loop knows of the hub's configuration: sources, subscriptions, keys.
#pragma once

#include "hub/registry/event_type.hpp"
#include "hub/registry/subscription_matcher.hpp"
#include "hub/registry/schemes.hpp"
#include "hub/registry/source_entry.hpp"
#include "hub/registry/tenant.hpp"
#include "hub/registry/api_key.hpp"
#include "signing/keys/key_ring.hpp"
#include "signing/schemes/scheme.hpp"

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace katydid::registry {

/// Look-ups of the hot path, without a lock: every loop has its own copy, and a change is posted
/// to each of them (Registry).
///
/// Thread safety: none.
class Tables {
public:
    [[nodiscard]] SourceEntryPtr source(TenantId tenant, std::string_view name) const;
    [[nodiscard]] SourceEntryPtr source(TenantId tenant, SourceId id) const;
    /// By name.
    [[nodiscard]] std::vector<SourceEntryPtr> sources(TenantId tenant) const;
    [[nodiscard]] std::vector<TenantId> tenants_with_sources() const;

    [[nodiscard]] SubscriptionPtr subscription(SubscriptionId id) const;
    [[nodiscard]] SubscriptionPtr subscription_by_name(TenantId tenant,
                                                       std::string_view name) const;
    /// Newest first.
    [[nodiscard]] std::vector<SubscriptionPtr> subscriptions(TenantId tenant) const;
    /// Who gets an event. \param work  what their filters may cost together
    [[nodiscard]] SubscriptionMatcher::Match match(const Event& event, filter::Document& document,
                                                   WorkBudget& work) const;
    /// The ring that signs for a subscription; null when there is none.
    [[nodiscard]] signing::KeyRingPtr subscription_keys(SubscriptionId id) const;
    /// The scheme that Subscription::signature names; null when it names none, or one that is gone.
    [[nodiscard]] signing::SchemePtr subscription_signature(SubscriptionId id) const;

    [[nodiscard]] const Schemes& schemes() const noexcept { return schemes_; }

    /// \param sha256  32 bytes
    [[nodiscard]] ApiKeyPtr api_key(std::string_view sha256) const;

    /// Newest first.
    [[nodiscard]] std::vector<ApiKeyPtr> api_keys(TenantId tenant) const;

    /// Null when it is not in the tenant's catalog.
    [[nodiscard]] EventTypePtr event_type(TenantId tenant, std::string_view name) const;
    /// What counts for an event: the type of that name, else the closest "prefix.*"; null: neither.
    [[nodiscard]] EventTypePtr event_type_for(TenantId tenant, std::string_view type) const;
    /// By name.
    [[nodiscard]] std::vector<EventTypePtr> event_types(TenantId tenant) const;

    [[nodiscard]] TenantPtr tenant(TenantId id) const;
    [[nodiscard]] TenantPtr tenant_by_name(std::string_view name) const;
    /// Newest first.
    [[nodiscard]] std::vector<TenantPtr> tenants() const;
    /// Those that were deleted, while their data goes.
    [[nodiscard]] std::vector<TenantPtr> leaving_tenants() const;
    [[nodiscard]] bool is_leaving(TenantId id) const { return leaving_tenants_.contains(id); }

    void put_source(SourceEntryPtr entry);
    void remove_source(TenantId tenant, std::string_view name);
    void put_subscription(SubscriptionPtr subscription, signing::KeyRingPtr keys);
    void remove_subscription(SubscriptionId id);
    void put_api_key(ApiKeyPtr key);
    void remove_api_key(std::string_view sha256);
    /// Before the sources and subscriptions that name it.
    void put_scheme(OwnSchemePtr scheme);
    void remove_scheme(TenantId tenant, std::string_view name);
    void put_event_type(EventTypePtr type);
    void remove_event_type(TenantId tenant, std::string_view name);
    void put_tenant(TenantPtr tenant);
    void remove_tenant(TenantId id);

private:
    struct TenantTables {
        std::map<std::string, SourceEntryPtr, std::less<>> sources;
        std::map<std::string, EventTypePtr, std::less<>> event_types;
        SubscriptionMatcher matcher;
        std::map<SubscriptionId, SubscriptionPtr, std::greater<>> subscriptions;
    };
    struct Endpoint {
        SubscriptionPtr subscription;
        signing::KeyRingPtr keys;
        signing::SchemePtr signature;
    };
    [[nodiscard]] const TenantTables* find(TenantId tenant) const;

    Schemes schemes_;
    std::unordered_map<TenantId, TenantTables> tenants_;
    std::unordered_map<SubscriptionId, Endpoint> subscriptions_;
    std::unordered_map<std::string, ApiKeyPtr> api_keys_;
    std::map<TenantId, TenantPtr, std::greater<>> described_tenants_;
    std::map<TenantId, TenantPtr> leaving_tenants_;
};

}  // namespace katydid::registry
