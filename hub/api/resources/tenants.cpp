// /v1/tenants: the units of isolation, for operators.
#include "hub/api/protocol/collection.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/precondition.hpp"
#include "hub/api/protocol/table_page.hpp"
#include "hub/core/json/fields.hpp"

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
    return {{"id", tenant.id.to_string()},
            {"name", tenant.name},
            {"retention", std::move(retention)},
            {"in_flight", tenant.in_flight},
            {"schema_mode", registry::to_text(tenant.schema_mode)},
            {"created_at", to_rfc3339(tenant.created_at)},
            {"updated_at", to_rfc3339(tenant.updated_at)}};
}

/// Members that are there replace what `tenant` has.
void read_tenant(const json::object& body, Tenant& tenant, std::vector<Fault>& faults)
{
    FieldReader read{body, "", faults};
    read("name", tenant.name);
    read("in_flight", tenant.in_flight);
    read("schema_mode", tenant.schema_mode);
    const auto* given = body.if_contains("retention");
    if (given == nullptr) return;
    tenant.retention = {};
    FieldReader read_retention{given->get_object(), "/retention", faults};
    for (const auto& field : fields) read_retention(field.name, tenant.retention.*field.own);
}

awaitable<http::Response> create(const Context& context, const Caller& caller, http::Request&,
                                 const json::object& body)
{
    std::vector<Fault> faults;
    Tenant tenant;
    read_tenant(body, tenant, faults);
    if (!faults.empty()) co_return faults_response(faults);
    const auto stored = co_await context.registry.tenants.put(std::move(tenant));
    if (!stored) co_return error_response(stored.error());
    co_await audit_change(context, caller, "tenant.created", (*stored)->id.to_string(),
                          describe_change({}, to_json(**stored)));
    auto created = object_response(201, to_json(**stored));
    created.with("Location", "/v1/tenants/" + (*stored)->id.to_string());
    co_return with_etag(std::move(created), (*stored)->version);
}

registry::TenantPtr find(const Context& context, const http::Request& request)
{
    const auto id = TenantId::parse(request.parameter("id"));
    return id ? context.tables.tenant(*id) : context.tables.tenant_by_name(request.parameter("id"));
}

http::Response no_such_tenant() { return http::Response::problem(404, "There is no such tenant."); }

awaitable<http::Response> change(const Context& context, const Caller& caller,
                                 http::Request& request, const json::object& body)
{
    const auto known = find(context, request);
    if (!known) co_return no_such_tenant();
    if (auto failed = check_if_match(request, known->version)) co_return std::move(*failed);
    std::vector<Fault> faults;
    auto changed = *known;
    read_tenant(body, changed, faults);
    if (!faults.empty()) co_return faults_response(faults);
    const auto stored = co_await context.registry.tenants.put(std::move(changed));
    if (!stored) {
        const auto now = context.tables.tenant(known->id);
        co_return change_refused(request, stored.error(), known->version, now ? now->version : 0);
    }
    co_await audit_change(context, caller, "tenant.changed", known->id.to_string(),
                          describe_change(to_json(*known), to_json(**stored)));
    co_return with_etag(object_response(200, to_json(**stored)), (*stored)->version);
}

awaitable<http::Response> show(const Context& context, const Caller&, http::Request& request)
{
    const auto tenant = find(context, request);
    if (!tenant) co_return no_such_tenant();
    co_return with_etag(object_response(200, to_json(*tenant)), tenant->version);
}

awaitable<http::Response> list(const Context& context, const Caller&, http::Request& request)
{
    co_return table_page(
        request, context.tables.tenants(),
        [](const registry::TenantPtr& tenant) { return tenant->id; },
        [](const registry::TenantPtr& tenant) { return to_json(*tenant); });
}

}  // namespace
}  // namespace tenants

void add_tenant_routes(Routes& routes)
{
    using namespace tenants;
    Collection tenants{routes, {"/v1/tenants", "id", "Tenant", operator_only, operator_only}};
    tenants.add_creation(
        {"createTenant", "Make a tenant: everything in it is its own", "made", "the name is taken"},
        create);
    tenants.add_list({"listTenants", "All tenants", "a page"}, list);
    tenants.add_show({"getTenant", "One tenant, by id or name", "the tenant"}, show);
    tenants.add_change("PATCH", "ChangedTenant",
                       {"changeTenant", "Change what the body names", "as it is now",
                        "the name is taken, or another call changed it"},
                       change);
}

}  // namespace katydid::api
