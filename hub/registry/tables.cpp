#include "hub/registry/tables.hpp"

#include "hub/core/subscription/subscription.hpp"

#include <algorithm>

namespace katydid::registry {

const Tables::TenantTables* Tables::find(TenantId tenant) const
{
    const auto found = tenants_.find(tenant);
    return found == tenants_.end() ? nullptr : &found->second;
}

SourceEntryPtr Tables::source(TenantId tenant, std::string_view name) const
{
    const auto* tables = find(tenant);
    if (tables == nullptr) return nullptr;
    const auto found = tables->sources.find(name);
    return found == tables->sources.end() ? nullptr : found->second;
}

SourceEntryPtr Tables::source(TenantId tenant, SourceId id) const
{
    if (const auto* tables = find(tenant))
        for (const auto& [name, entry] : tables->sources)
            if (entry->source.id == id) return entry;
    return nullptr;
}

std::vector<TenantId> Tables::tenants_with_sources() const
{
    std::vector<TenantId> all;
    for (const auto& [tenant, tables] : tenants_)
        if (!tables.sources.empty()) all.push_back(tenant);
    return all;
}

std::vector<SourceEntryPtr> Tables::sources(TenantId tenant) const
{
    std::vector<SourceEntryPtr> all;
    if (const auto* tables = find(tenant))
        for (const auto& [name, entry] : tables->sources) all.push_back(entry);
    return all;
}

SubscriptionPtr Tables::subscription(SubscriptionId id) const
{
    const auto found = subscriptions_.find(id);
    return found == subscriptions_.end() ? nullptr : found->second.subscription;
}

SubscriptionPtr Tables::subscription_by_name(TenantId tenant, std::string_view name) const
{
    if (const auto* tables = find(tenant))
        for (const auto& [id, subscription] : tables->subscriptions)
            if (subscription->name == name) return subscription;
    return nullptr;
}

std::vector<SubscriptionPtr> Tables::subscriptions(TenantId tenant) const
{
    std::vector<SubscriptionPtr> all;
    if (const auto* tables = find(tenant))
        for (const auto& [id, subscription] : tables->subscriptions) all.push_back(subscription);
    return all;
}

SubscriptionMatcher::Match Tables::match(const Event& event, filter::Document& document,
                                         WorkBudget& work) const
{
    const auto* tables = find(event.tenant);
    if (tables == nullptr) return {};
    return tables->matcher.match(event, document, work);
}

signing::KeyRingPtr Tables::subscription_keys(SubscriptionId id) const
{
    const auto found = subscriptions_.find(id);
    return found == subscriptions_.end() ? nullptr : found->second.keys;
}

signing::SchemePtr Tables::subscription_signature(SubscriptionId id) const
{
    const auto found = subscriptions_.find(id);
    return found == subscriptions_.end() ? nullptr : found->second.signature;
}

ApiKeyPtr Tables::api_key(std::string_view sha256) const
{
    // The key of the table is a hash of the secret: comparing it tells nothing about the secret.
    const auto found = api_keys_.find(std::string{sha256});
    return found == api_keys_.end() ? nullptr : found->second;
}

std::vector<ApiKeyPtr> Tables::api_keys(TenantId tenant) const
{
    std::vector<ApiKeyPtr> all;
    for (const auto& [sha256, key] : api_keys_)
        if (key->tenant == tenant) all.push_back(key);
    std::sort(all.begin(), all.end(),
              [](const ApiKeyPtr& a, const ApiKeyPtr& b) { return a->id > b->id; });
    return all;
}

EventTypePtr Tables::event_type(TenantId tenant, std::string_view name) const
{
    const auto* own = find(tenant);
    if (own == nullptr) return nullptr;
    const auto found = own->event_types.find(name);
    return found == own->event_types.end() ? nullptr : found->second;
}

EventTypePtr Tables::event_type_for(TenantId tenant, std::string_view type) const
{
    const auto* own = find(tenant);
    if (own == nullptr || own->event_types.empty()) return nullptr;
    const auto& types = own->event_types;
    if (const auto found = types.find(type); found != types.end()) return found->second;
    for (auto dot = type.rfind('.'); dot != std::string_view::npos; dot = type.rfind('.')) {
        type.remove_suffix(type.size() - dot);
        const auto found = types.find(std::string{type} + ".*");
        if (found != types.end()) return found->second;
    }
    return nullptr;
}

std::vector<EventTypePtr> Tables::event_types(TenantId tenant) const
{
    std::vector<EventTypePtr> all;
    if (const auto* own = find(tenant))
        for (const auto& [name, type] : own->event_types) all.push_back(type);
    return all;
}

TenantPtr Tables::tenant(TenantId id) const
{
    const auto found = described_tenants_.find(id);
    return found == described_tenants_.end() ? nullptr : found->second;
}

TenantPtr Tables::tenant_by_name(std::string_view name) const
{
    for (const auto& [id, tenant] : described_tenants_)
        if (tenant->name == name) return tenant;
    return nullptr;
}

std::vector<TenantPtr> Tables::tenants() const
{
    std::vector<TenantPtr> all;
    for (const auto& [id, tenant] : described_tenants_) all.push_back(tenant);
    return all;
}

void Tables::put_source(SourceEntryPtr entry)
{
    auto& sources = tenants_[entry->source.tenant].sources;
    sources[entry->source.name] = std::move(entry);
}

void Tables::remove_source(TenantId tenant, std::string_view name)
{
    auto& sources = tenants_[tenant].sources;
    if (const auto found = sources.find(name); found != sources.end()) sources.erase(found);
}

void Tables::put_subscription(SubscriptionPtr subscription, signing::KeyRingPtr keys)
{
    auto& tenant = tenants_[subscription->tenant];
    tenant.matcher.put(subscription);
    tenant.subscriptions[subscription->id] = subscription;
    const auto id = subscription->id;
    auto signature = subscription->signature.empty()
                         ? nullptr
                         : schemes_.find(subscription->tenant, subscription->signature);
    subscriptions_[id] = {std::move(subscription), std::move(keys), std::move(signature)};
}

void Tables::remove_subscription(SubscriptionId id)
{
    const auto found = subscriptions_.find(id);
    if (found == subscriptions_.end()) return;
    auto& tenant = tenants_[found->second.subscription->tenant];
    tenant.matcher.remove(id);
    tenant.subscriptions.erase(id);
    subscriptions_.erase(found);
}

void Tables::put_event_type(EventTypePtr type)
{
    auto& types = tenants_[type->tenant].event_types;
    types[type->name] = std::move(type);
}

void Tables::remove_event_type(TenantId tenant, std::string_view name)
{
    auto& types = tenants_[tenant].event_types;
    if (const auto found = types.find(name); found != types.end()) types.erase(found);
}

std::vector<TenantPtr> Tables::leaving_tenants() const
{
    std::vector<TenantPtr> all;
    for (const auto& [id, tenant] : leaving_tenants_) all.push_back(tenant);
    return all;
}

void Tables::put_tenant(TenantPtr tenant)
{
    const auto id = tenant->id;
    if (!tenant->deleted_at) {
        described_tenants_[id] = std::move(tenant);
        return;
    }
    described_tenants_.erase(id);
    leaving_tenants_[id] = std::move(tenant);
}

void Tables::remove_tenant(TenantId id)
{
    described_tenants_.erase(id);
    leaving_tenants_.erase(id);
}

void Tables::put_api_key(ApiKeyPtr key) { api_keys_[key->sha256] = std::move(key); }

void Tables::remove_api_key(std::string_view sha256) { api_keys_.erase(std::string{sha256}); }

void Tables::put_scheme(OwnSchemePtr scheme) { schemes_.put(std::move(scheme)); }

void Tables::remove_scheme(TenantId tenant, std::string_view name)
{
    schemes_.remove(tenant, name);
}

}  // namespace katydid::registry
