#include "hub/registry/named.hpp"

#include "hub/core/subscription/subscription.hpp"

namespace katydid::registry {

TenantPtr named_tenant(const Tables& tables, std::string_view id_or_name)
{
    const auto id = TenantId::parse(id_or_name);
    return id ? tables.tenant(*id) : tables.tenant_by_name(id_or_name);
}

SourceEntryPtr named_source(const Tables& tables, TenantId tenant, std::string_view id_or_name)
{
    const auto id = SourceId::parse(id_or_name);
    return id ? tables.source(tenant, *id) : tables.source(tenant, id_or_name);
}

SubscriptionPtr named_subscription(const Tables& tables, TenantId tenant,
                                   std::string_view id_or_name)
{
    const auto id = SubscriptionId::parse(id_or_name);
    auto found = id ? tables.subscription(*id) : tables.subscription_by_name(tenant, id_or_name);
    return found && found->tenant == tenant ? found : nullptr;
}

}  // namespace katydid::registry
