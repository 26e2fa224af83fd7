// /v1/tenants: the units of isolation. Operators have all; a tenant sees itself and those it made.
#include "hub/api/protocol/collection.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/named.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/precondition.hpp"
#include "hub/api/protocol/table_page.hpp"
#include "hub/core/json/fields.hpp"

#include <algorithm>

namespace katydid::api {
namespace tenants {
namespace {

namespace json = boost::json;
using registry::OwnRetention;
using registry::Tenant;

struct Field {
    const char* name;
    std::optional<milliseconds> OwnRetention::* own;
};
constexpr Field fields[] = {{"delivered", &OwnRetention::delivered},
                            {"dead", &OwnRetention::dead},
                            {"dedupe", &OwnRetention::dedupe},
                            {"rejected", &OwnRetention::rejected}};

json::object to_json(const Tenant& tenant)
{
    json::object retention;
    for (const auto& field : fields)
        if (const auto& kept = tenant.retention.*field.own)
            retention[field.name] = to_duration_text(*kept);
    json::object branding;
    const auto& looks = tenant.branding;
    if (!looks.accent.empty()) branding["accent"] = looks.accent;
    if (!looks.logo.empty()) branding["logo"] = looks.logo;
    return {
        {"id", tenant.id.to_string()},
        {"name", tenant.name},
        {"owner", tenant.owner.is_nil() ? json::value{} : json::value(tenant.owner.to_string())},
        {"retention", std::move(retention)},
        {"in_flight", tenant.in_flight},
        {"schema_mode", registry::to_text(tenant.schema_mode)},
        {"branding", std::move(branding)},
        {"created_at", time_or_null(tenant.created_at)},
        {"updated_at", time_or_null(tenant.updated_at)}};
}

/// Members that are there replace what `tenant` has.
void read_tenant(const json::object& body, Tenant& tenant, std::vector<Fault>& faults)
{
    FieldReader read{body, "", faults};
    read("name", tenant.name);
    if (auto fault = registry::id_name_fault<TenantId>(tenant.name); !fault.empty())
        faults.push_back({"/name", std::move(fault)});
    read("in_flight", tenant.in_flight);
    read("schema_mode", tenant.schema_mode);
    if (const auto* branding = body.if_contains("branding")) {
        tenant.branding = {};
        FieldReader read_branding{branding->get_object(), "/branding", faults};
        read_branding("accent", tenant.branding.accent);
        read_branding("logo", tenant.branding.logo);
    }
    const auto* given = body.if_contains("retention");
    if (given == nullptr) return;
    tenant.retention = {};
    FieldReader read_retention{given->get_object(), "/retention", faults};
    for (const auto& field : fields) read_retention(field.name, tenant.retention.*field.own);
}

constexpr std::size_t owned_max = 10'000;

/// What limits a tenant towards the others is the operator's.
std::optional<http::Response> refuse_limits(const Caller& caller, const json::object& body)
{
    if (caller.is_operator || (!body.contains("in_flight") && !body.contains("retention")))
        return std::nullopt;
    return http::Response::problem(
        403, "Only an operator's key may set `in_flight` and `retention` of a tenant.");
}

std::size_t count_owned(const Context& context, TenantId owner)
{
    const auto all = context.tables.tenants();
    const auto leaving = context.tables.leaving_tenants();
    const auto owner_of = [](const registry::TenantPtr& tenant) { return tenant->owner; };
    return static_cast<std::size_t>(std::ranges::count(all, owner, owner_of)
                                    + std::ranges::count(leaving, owner, owner_of));
}

awaitable<http::Response> create(const Context& context, const Caller& caller, http::Request&,
                                 const json::object& body)
{
    if (auto refused = refuse_limits(caller, body)) co_return std::move(*refused);
    std::vector<Fault> faults;
    Tenant tenant;
    if (!caller.is_operator) {
        // The key's own tenant, whichever it acts for: what it makes is one level below.
        tenant.owner = caller.api_key->tenant;
        const auto owner = context.tables.tenant(tenant.owner);
        if (owner) {
            tenant.retention = owner->retention;
            tenant.in_flight = owner->in_flight;
        }
        if (count_owned(context, tenant.owner) >= owned_max)
            co_return http::Response::problem(
                409, "This tenant has made 10000 tenants already: delete one that is not used.");
    }
    read_tenant(body, tenant, faults);
    if (!faults.empty()) co_return input::faults_response(faults);
    const auto stored = co_await context.registry.tenants.put(std::move(tenant));
    if (!stored) co_return error_response(stored.error());
    co_await audit_change(context, caller, "tenant.created", (*stored)->id.to_string(),
                          describe_change({}, to_json(**stored)));
    auto created = object_response(201, to_json(**stored));
    created.with("Location", "/v1/tenants/" + (*stored)->id.to_string());
    co_return with_etag(std::move(created), (*stored)->version);
}

/// The tenant of the path, where the caller's key acts for it.
registry::TenantPtr find(const Context& context, const Caller& caller, const http::Request& request)
{
    auto tenant = registry::named_tenant(context.tables, request.parameter("id"));
    return tenant && acts_for(*caller.api_key, *tenant) ? tenant : nullptr;
}

http::Response no_such_tenant()
{
    return http::Response::problem(404, "There is no tenant of that id or name.");
}

/// What a key may change of a tenant that it acts for: an operator's all, the owner's name and
/// schema mode, the tenant's own admin the schema mode.
std::optional<http::Response> refuse_change(const Caller& caller, const Tenant& tenant,
                                            const json::object& body)
{
    const auto& key = *caller.api_key;
    if (tenant.id == key.tenant && !has_scope(key, "admin"))
        return http::Response::problem(403, "This key lacks the scope admin.");
    if (tenant.id == key.tenant && !key.is_operator && body.contains("name"))
        return http::Response::problem(403, "Only who made the tenant may change its name.");
    return refuse_limits(caller, body);
}

awaitable<http::Response> change(const Context& context, const Caller& caller,
                                 http::Request& request, const json::object& body)
{
    const auto known = find(context, caller, request);
    if (!known) co_return no_such_tenant();
    if (auto refused = refuse_change(caller, *known, body)) co_return std::move(*refused);
    if (auto failed = check_if_match(request, known->version)) co_return std::move(*failed);
    std::vector<Fault> faults;
    auto changed = *known;
    read_tenant(body, changed, faults);
    if (!faults.empty()) co_return input::faults_response(faults);
    const auto stored = co_await context.registry.tenants.put(std::move(changed));
    if (!stored) {
        const auto now = context.tables.tenant(known->id);
        co_return change_refused(request, stored.error(), known->version, now ? now->version : 0);
    }
    co_await audit_change(context, caller, "tenant.changed", known->id.to_string(),
                          describe_change(to_json(*known), to_json(**stored)));
    co_return with_etag(object_response(200, to_json(**stored)), (*stored)->version);
}

/// With everything in it. A tenant does not delete itself: its owner or an operator does.
awaitable<http::Response> remove(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    const auto known = find(context, caller, request);
    if (!known) co_return no_such_tenant();
    if (known->id == caller.api_key->tenant && !caller.is_operator)
        co_return http::Response::problem(403, "A tenant cannot delete itself: who made it can.");
    if (auto failed = check_if_match(request, known->version)) co_return std::move(*failed);
    const auto deleted = co_await context.registry.delete_tenant(known->id, known->version);
    if (!deleted && deleted.error() == errc::not_found) co_return no_such_tenant();
    if (!deleted) {
        const auto now = context.tables.tenant(known->id);
        co_return change_refused(request, deleted.error(), known->version, now ? now->version : 0);
    }
    Deletion deletion{"tenant.deleted", known->id.to_string(), to_json(*known)};
    auto noting = caller;
    noting.tenant = caller.api_key->tenant;  // the log of the one that is gone is not read again
    auto answer = answer_deletion(context, std::move(noting), std::move(deletion));
    co_return co_await std::move(answer);
}

awaitable<http::Response> show(const Context& context, const Caller& caller, http::Request& request)
{
    const auto tenant = find(context, caller, request);
    if (!tenant) co_return no_such_tenant();
    co_return with_etag(object_response(200, to_json(*tenant)), tenant->version);
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request& request)
{
    auto tenants = context.tables.tenants();
    std::erase_if(tenants, [&](const registry::TenantPtr& tenant) {
        return !acts_for(*caller.api_key, *tenant);
    });
    co_return table_page(
        request, tenants, [](const registry::TenantPtr& tenant) { return tenant->id; },
        [](const registry::TenantPtr& tenant) { return to_json(*tenant); });
}

}  // namespace
}  // namespace tenants

void add_tenant_routes(Routes& routes)
{
    using namespace tenants;
    Collection tenants{routes, {"/v1/tenants", "id", "Tenant", any_key, make_tenants}};
    tenants.add_creation({"createTenant", "Make a tenant: everything in it is its own", "made",
                          "the name is taken, or too many were made"},
                         create);
    tenants.add_list(
        {"listTenants", "The key's own tenant and those that it made; an operator's all", "a page"},
        list);
    tenants.add_show({"getTenant", "One tenant", "the tenant"}, show);
    // A tenant's admin changes its own, with another scope than its owner's.
    Collection own{routes, {"/v1/tenants", "id", "Tenant", any_key, any_key}};
    own.add_change("PATCH", "ChangedTenant",
                   {"changeTenant",
                    "Change what the body names: an admin the own schema mode, the owner the name "
                    "too, an operator all",
                    "as it is now", "the name is taken, or another call changed it"},
                   change);
    tenants.add_removal({"deleteTenant",
                         "Delete it with everything in it; its events go in the background", "gone",
                         "the default tenant stays; tenants that it made go first"},
                        remove);
}

}  // namespace katydid::api
