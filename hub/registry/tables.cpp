#include "hub/registry/tables.hpp"

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

std::vector<SubscriptionPtr> Tables::match(const Event& event) const
{
    const auto* tables = find(event.tenant);
    return tables == nullptr ? std::vector<SubscriptionPtr>{} : tables->routes.match(event);
}

signing::KeyRingPtr Tables::subscription_keys(SubscriptionId id) const
{
    const auto found = subscriptions_.find(id);
    return found == subscriptions_.end() ? nullptr : found->second.keys;
}

ApiKeyPtr Tables::api_key(std::string_view sha256) const
{
    // The key of the table is a hash of the secret: comparing it tells nothing about the secret.
    const auto found = api_keys_.find(std::string{sha256});
    return found == api_keys_.end() ? nullptr : found->second;
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
    tenant.routes.put(subscription);
    tenant.subscriptions[subscription->id] = subscription;
    const auto id = subscription->id;
    subscriptions_[id] = {std::move(subscription), std::move(keys)};
}

void Tables::remove_subscription(SubscriptionId id)
{
    const auto found = subscriptions_.find(id);
    if (found == subscriptions_.end()) return;
    auto& tenant = tenants_[found->second.subscription->tenant];
    tenant.routes.remove(id);
    tenant.subscriptions.erase(id);
    subscriptions_.erase(found);
}

void Tables::put_api_key(ApiKeyPtr key) { api_keys_[key->sha256] = std::move(key); }

}  // namespace katydid::registry
