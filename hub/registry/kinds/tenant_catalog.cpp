#include "hub/registry/kinds/tenant_catalog.hpp"

namespace katydid::registry {

TenantCatalog::Key TenantCatalog::key_of(const Tenant& row) const { return {row.id, tenant_kind}; }

store::Record TenantCatalog::to_record(const Tenant& row) const { return registry::to_record(row); }

/// Without its record a tenant would have the hub's retention: better not to start.
result<Tenant> TenantCatalog::from_record(const store::Record& record, const Tenant*)
{
    auto tenant = read_tenant(record);
    if (!tenant) return Error{errc::refused, tenant.error().message};
    return tenant;
}

std::optional<Error> TenantCatalog::refusal(const Tenant& row, const Tenant*)
{
    const auto same_name = context_.tables().tenant_by_name(row.name);
    if (!same_name || same_name->id == row.id) return std::nullopt;
    return Error{errc::conflict,
                 "There is a tenant named \"" + row.name + "\" already. Choose another name."};
}

void TenantCatalog::put_into(const LoopBinding& loop, const TenantPtr& row)
{
    loop.tables->put_tenant(row);
    if (loop.on_tenant) loop.on_tenant(*row);
}

awaitable<result<void>> TenantCatalog::read()
{
    auto read = co_await Catalog::read();
    if (!read || context_.tables().tenant(default_tenant())) co_return read;
    auto standard = std::make_shared<Tenant>();
    standard->id = default_tenant();
    standard->name = "default";
    standard->version = 0;
    CatalogContext::Change change = [this, standard](const LoopBinding& loop) {
        put_into(loop, standard);
    };
    co_await context_.tell_all(std::move(change));
    co_return read;
}

}  // namespace katydid::registry
