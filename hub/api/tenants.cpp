// /v1/tenants: the units of isolation, for operators.
#include "hub/api/input.hpp"
#include "hub/api/output.hpp"
#include "hub/api/route.hpp"
#include "hub/api/table_page.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;
using registry::OwnRetention;
using registry::Tenant;

constexpr std::uint64_t in_flight_most = 100'000;

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
            {"created_at", to_rfc3339(tenant.created_at)},
            {"updated_at", to_rfc3339(tenant.updated_at)}};
}

/// Members that are there replace what `tenant` has.
bool read_tenant(const json::object& body, Tenant& tenant, std::vector<Fault>& faults)
{
    ObjectReader reader{body, "", faults};
    if (auto name = reader.text("name", 100)) {
        tenant.name = std::move(*name);
        if (tenant.name.empty()) reader.fault("name", "must not be empty");
    } else if (tenant.name.empty() && !body.contains("name")) {
        reader.fault("name", "is missing: give the tenant a name");
    }
    if (const auto limit = reader.number("in_flight", 0, in_flight_most))
        tenant.in_flight = static_cast<std::uint32_t>(*limit);
    if (const auto* object = reader.object("retention")) {
        tenant.retention = {};
        ObjectReader retention{*object, "/retention", faults};
        for (const auto& field : fields)
            tenant.retention.*field.own = retention.duration(field.name);
        retention.finish();
    }
    reader.finish();
    return faults.empty();
}

awaitable<http::Response> put(const Context& context, Tenant tenant, http::Request& request,
                              unsigned status)
{
    http::Response response;
    const auto body = read_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    if (!read_tenant(*body, tenant, faults)) co_return faults_response(faults);
    const auto stored = co_await context.registry.put_tenant(std::move(tenant));
    if (!stored) co_return error_response(stored.error());
    co_return object_response(status, to_json(**stored));
}

awaitable<http::Response> create(const Context& context, const Caller&, http::Request& request)
{
    return put(context, Tenant{}, request, 201);
}

registry::TenantPtr find(const Context& context, const http::Request& request)
{
    const auto id = TenantId::parse(request.parameter("id"));
    return id ? context.tables.tenant(*id) : context.tables.tenant_by_name(request.parameter("id"));
}

http::Response no_such_tenant() { return http::Response::problem(404, "There is no such tenant."); }

awaitable<http::Response> change(const Context& context, const Caller&, http::Request& request)
{
    const auto tenant = find(context, request);
    if (!tenant) co_return no_such_tenant();
    auto changed = *tenant;
    auto work = put(context, std::move(changed), request, 200);
    auto response = co_await std::move(work);
    co_return response;
}

awaitable<http::Response> show(const Context& context, const Caller&, http::Request& request)
{
    const auto tenant = find(context, request);
    if (!tenant) co_return no_such_tenant();
    co_return object_response(200, to_json(*tenant));
}

awaitable<http::Response> list(const Context& context, const Caller&, http::Request& request)
{
    co_return table_page(
        request, context.tables.tenants(),
        [](const registry::TenantPtr& tenant) { return tenant->id; },
        [](const registry::TenantPtr& tenant) { return to_json(*tenant); });
}

}  // namespace

void add_tenant_routes(http::Router& router, const Context& context)
{
    add_route(router, context, "POST", "/v1/tenants", operator_only, create);
    add_route(router, context, "GET", "/v1/tenants", operator_only, list);
    add_route(router, context, "GET", "/v1/tenants/{id}", operator_only, show);
    add_route(router, context, "PATCH", "/v1/tenants/{id}", operator_only, change);
}

}  // namespace katydid::api
