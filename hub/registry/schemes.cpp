#include "hub/registry/schemes.hpp"

#include <algorithm>

namespace katydid::registry {

OwnSchemePtr Schemes::find_own(TenantId tenant, std::string_view name) const
{
    if (const auto found = settings_.find(name); found != settings_.end()) return found->second;
    const auto tables = tenants_.find(tenant);
    if (tables == tenants_.end()) return nullptr;
    const auto found = tables->second.find(name);
    return found == tables->second.end() ? nullptr : found->second;
}

signing::SchemePtr Schemes::find(TenantId tenant, std::string_view name) const
{
    const auto own = find_own(tenant, name);
    return own ? own->scheme : signing::find_scheme(name);
}

std::vector<OwnSchemePtr> Schemes::own(TenantId tenant) const
{
    std::vector<OwnSchemePtr> all;
    for (const auto& [name, scheme] : settings_) all.push_back(scheme);
    if (const auto tables = tenants_.find(tenant); tables != tenants_.end())
        for (const auto& [name, scheme] : tables->second) all.push_back(scheme);
    std::ranges::sort(all, {}, [](const OwnSchemePtr& each) { return each->name; });
    return all;
}

void Schemes::put(OwnSchemePtr scheme)
{
    auto& schemes = scheme->read_only ? settings_ : tenants_[scheme->tenant];
    schemes[scheme->name] = std::move(scheme);
}

void Schemes::remove(TenantId tenant, std::string_view name)
{
    auto& schemes = tenants_[tenant];
    if (const auto found = schemes.find(name); found != schemes.end()) schemes.erase(found);
}

}  // namespace katydid::registry
