// /v1/tenants: the units of isolation, for operators.
#include "hub/api/protocol/collection.hpp"
#include "hub/api/input/body.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/precondition.hpp"
#include "hub/api/protocol/table_page.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;
using registry::OwnRetention;
using registry::Tenant;

constexpr std::uint64_t in_flight_most = 100'000;

constexpr const char* retention_schema = R"json({
  "type": "object",
  "description": "How long finished things are kept; what is absent is the hub's setting.",
  "properties": {
    "delivered": {"type": "string", "examples": ["7d"]},
    "dead": {"type": "string"},
    "dedupe": {"type": "string"},
    "rejected": {"type": "string"}
  },
  "additionalProperties": false
})json";

constexpr const char* tenant_schema = R"json({
  "type": "object",
  "required": ["id", "name", "retention", "in_flight", "schema_mode", "created_at", "updated_at"],
  "properties": {
    "id": {"type": "string"},
    "name": {"type": "string"},
    "retention": {"$ref": "#/components/schemas/Retention"},
    "in_flight": {"type": "integer", "description": "0: the hub's setting"},
    "schema_mode": {"type": "string", "enum": ["off", "warn", "reject", "strict"]},
    "created_at": {"type": "string", "format": "date-time"},
    "updated_at": {"type": "string", "format": "date-time"}
  },
  "additionalProperties": false
})json";

constexpr const char* new_tenant_schema = R"json({
  "type": "object",
  "required": ["name"],
  "properties": {
    "name": {"type": "string", "minLength": 1, "maxLength": 100},
    "retention": {"$ref": "#/components/schemas/Retention"},
    "in_flight": {"type": "integer", "minimum": 0, "maximum": 100000},
    "schema_mode": {"type": "string", "enum": ["off", "warn", "reject", "strict"],
      "description": "what happens to data that does not fit its type's schema"}
  },
  "additionalProperties": false
})json";

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
bool read_tenant(const json::object& body, Tenant& tenant, std::vector<Fault>& faults)
{
    ObjectReader reader{body, "", faults};
    if (auto name = reader.text("name", 100)) {
        tenant.name = std::move(*name);
    } else if (tenant.name.empty() && !body.contains("name")) {
        reader.fault("name", "is missing: give the tenant a name");
    }
    if (const auto limit = reader.number("in_flight", 0, in_flight_most))
        tenant.in_flight = static_cast<std::uint32_t>(*limit);
    if (const auto text = reader.text("schema_mode")) {
        const auto mode = registry::parse_schema_mode(*text);
        if (!mode)
            reader.fault("schema_mode", "must be \"off\", \"warn\", \"reject\" or \"strict\"");
        tenant.schema_mode = mode.value_or(registry::SchemaMode::off);
    }
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

awaitable<http::Response> create(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    http::Response response;
    const auto body = read_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    Tenant tenant;
    if (!read_tenant(*body, tenant, faults)) co_return faults_response(faults);
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
                                 http::Request& request)
{
    http::Response response;
    const auto known = find(context, request);
    if (!known) co_return no_such_tenant();
    if (auto failed = check_if_match(request, known->version)) co_return std::move(*failed);
    const auto body = read_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    auto changed = *known;
    if (!read_tenant(*body, changed, faults)) co_return faults_response(faults);
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

void add_tenant_routes(Routes& routes)
{
    auto& document = routes.document();
    document.add_schema("Retention", retention_schema);
    Collection tenants{routes, {"/v1/tenants", "id", "Tenant", operator_only, operator_only}};
    tenants.add_schemas(tenant_schema, new_tenant_schema);
    auto change_schema = json::parse(new_tenant_schema).as_object();
    change_schema.erase("required");
    document.add_schema("ChangedTenant", json::serialize(change_schema));
    tenants.add_creation(
        {"createTenant", "Make a tenant: everything in it is its own", "made", "the name is taken"},
        create);
    tenants.add_list({"listTenants", "All tenants", "a page"}, list);
    tenants.add_show({"getTenant", "One tenant, by id or name", "the tenant"}, show);
    tenants.add_change("PATCH", "ChangedTenant",
                       {"changeTenant", "Change what the body names", "as it is now",
                        "the name is taken, or somebody else changed it"},
                       change);
}

}  // namespace katydid::api
