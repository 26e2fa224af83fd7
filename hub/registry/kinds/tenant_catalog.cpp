#include "hub/registry/kinds/tenant_catalog.hpp"

#include <algorithm>

namespace katydid::registry {
namespace {

constexpr std::size_t named_max = 5;

/// What a tenant made goes before it does: after it, only operators could reach those.
std::optional<Error> refuse_owner(const Tables& tables, TenantId owner)
{
    auto owned = tables.tenants();
    std::erase_if(owned, [&](const TenantPtr& tenant) { return tenant->owner != owner; });
    if (owned.empty()) return std::nullopt;
    const auto named = std::min(owned.size(), named_max);
    std::string text = "This tenant made others that are still there: ";
    for (std::size_t i = 0; i < named; ++i) text += (i == 0 ? "\"" : ", \"") + owned[i]->name + '"';
    if (owned.size() > named) text += " and " + std::to_string(owned.size() - named) + " more";
    return Error{errc::conflict, text + ". Delete those first."};
}

}  // namespace

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

std::optional<Error> TenantCatalog::refusal(const Tenant& row, const Tenant* known)
{
    if (known == nullptr && !row.owner.is_nil() && context_.tables().is_leaving(row.owner))
        return Error{errc::conflict, "The tenant that makes this one is being deleted."};
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
    if (auto refused = refuse_owner(context_.tables(), id)) co_return *refused;
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
