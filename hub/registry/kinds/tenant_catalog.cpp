#include "hub/registry/kinds/tenant_catalog.hpp"

namespace katydid::registry {

template class Catalog<Tenant>;

boost::json::object TenantCatalog::to_json(const Tenant& row, store::Record&) const
{
    return to_record_json(row);
}

/// Without its record a tenant would have the hub's retention: better not to start.
result<Tenant> TenantCatalog::from_json(const store::Record& record,
                                        const boost::json::object& object, const Tenant*)
{
    try {
        auto tenant = read_tenant(object);
        tenant.id = record.tenant;
        return tenant;
    } catch (const std::exception& failure) {
        return Error{errc::refused, "The record of the tenant " + record.tenant.to_string()
                                        + " cannot be read: " + failure.what()};
    }
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

awaitable<result<void>> TenantCatalog::mark_deleted(TenantId id, std::uint64_t base)
{
    const auto known = find(id, kind_);
    if (!known || known->deleted_at) co_return no_such(kind_);
    if (known->version != base) co_return changed_meanwhile();
    auto row = *known;
    row.deleted_at = context_.clock.now();
    auto stored = co_await store(std::move(row));
    if (!stored) co_return stored.error();
    co_return result<void>{};
}

void TenantCatalog::remove_from(const LoopBinding& loop, const Tenant& row)
{
    loop.tables->remove_tenant(row.id);
}

awaitable<result<void>> TenantCatalog::read()
{
    auto read = co_await Catalog::read();
    if (!read || context_.tables().tenant(default_tenant())) co_return read;
    auto standard = std::make_shared<Tenant>();
    standard->id = default_tenant();
    standard->name = "default";
    standard->version = 0;
    co_await show(std::move(standard));
    co_return read;
}

}  // namespace katydid::registry
