// Tenants and API keys: who may act, and for whom.
#include "hub/registry/registry.hpp"

#include <boost/asio/co_spawn.hpp>

namespace katydid::registry {

awaitable<result<void>> Registry::load_tenants()
{
    auto records = co_await store_.records(tenant_kind);
    if (!records) co_return records.error();
    for (const auto& record : *records) {
        auto tenant = read_tenant(record);
        if (!tenant) co_return tenant.error();
        auto pointer = std::make_shared<const Tenant>(std::move(*tenant));
        co_await tell_tenant(std::move(pointer));
    }
    if (tables().tenant(default_tenant())) co_return result<void>{};
    Tenant standard;
    standard.id = default_tenant();
    standard.name = "default";
    standard.version = 0;  // it has no record yet
    auto pointer = std::make_shared<const Tenant>(std::move(standard));
    co_await tell_tenant(std::move(pointer));
    co_return result<void>{};
}

awaitable<void> Registry::tell_tenant(TenantPtr tenant)
{
    Change change = [tenant](const Seat& seat) {
        seat.tables->put_tenant(tenant);
        if (seat.on_tenant) seat.on_tenant(*tenant);
    };
    co_await tell_all(std::move(change));
}

awaitable<result<TenantPtr>> Registry::put_tenant(Tenant tenant)
{
    auto stored = co_await one_by_one(store_tenant(std::move(tenant)));
    co_return stored;
}

awaitable<result<TenantPtr>> Registry::store_tenant(Tenant tenant)
{
    const auto same_name = tables().tenant_by_name(tenant.name);
    if (same_name && same_name->id != tenant.id)
        co_return Error{errc::conflict, "There is a tenant named \"" + tenant.name
                                            + "\" already. Choose another name."};
    const bool is_new = tenant.id.is_nil();
    const auto known = is_new ? nullptr : tables().tenant(tenant.id);
    if (known && known->version != tenant.version)
        co_return Error{errc::conflict, "The tenant was changed by somebody else. Read it again, "
                                        "then repeat the change."};
    if (is_new) tenant.id = ids_.make<TenantId>();
    if (!known) tenant.created_at = clock_.now();
    tenant.updated_at = clock_.now();
    // The default tenant has no record before its first change.
    const bool is_stored = known && known->updated_at != Timestamp{};
    tenant.version = is_stored ? known->version + 1 : 1;
    auto record = to_record(tenant);
    auto put = co_await store_.put_record(std::move(record));
    if (!put) co_return put.error();
    TenantPtr pointer = std::make_shared<const Tenant>(std::move(tenant));
    co_await tell_tenant(pointer);
    co_return pointer;
}

awaitable<result<ApiKeyPtr>> Registry::put_api_key(store::ApiKey key)
{
    auto stored = co_await one_by_one(store_api_key(std::move(key)));
    co_return stored;
}

awaitable<result<ApiKeyPtr>> Registry::store_api_key(store::ApiKey key)
{
    if (key.id.is_nil()) {
        key.id = ids_.make<KeyId>();
        key.created_at = clock_.now();
    }
    auto copy = key;
    auto put = co_await store_.put_api_key(std::move(copy));
    if (!put) co_return put.error();
    ApiKeyPtr pointer = std::make_shared<const store::ApiKey>(std::move(key));
    Change change = [pointer](const Seat& seat) { seat.tables->put_api_key(pointer); };
    co_await tell_all(std::move(change));
    co_return pointer;
}

awaitable<void> Registry::put_fixed_api_key(store::ApiKey key)
{
    auto pointer = std::make_shared<const store::ApiKey>(std::move(key));
    Change change = [pointer](const Seat& seat) { seat.tables->put_api_key(pointer); };
    co_await tell_all(std::move(change));
}

}  // namespace katydid::registry
