// /v1/limits: what the whole hub may have in flight.
#include "hub/api/input/body.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::uint64_t in_flight_most = 100'000;

constexpr const char* limits_schema = R"json({
  "type": "object",
  "required": ["in_flight", "tenant_in_flight"],
  "properties": {"in_flight": {"type": "integer"}, "tenant_in_flight": {"type": "integer"}},
  "additionalProperties": false
})json";

constexpr const char* changed_limits_schema = R"json({
  "type": "object",
  "properties": {
    "in_flight": {"type": ["integer", "null"], "minimum": 1, "maximum": 100000,
                  "description": "null: back to the setting"},
    "tenant_in_flight": {"type": ["integer", "null"], "minimum": 1, "maximum": 100000}
  },
  "additionalProperties": false
})json";

json::object to_json(const LimitValues& limits)
{
    return {{"in_flight", limits.in_flight}, {"tenant_in_flight", limits.tenant_in_flight}};
}

/// 0 in the change: `null`, back to the setting.
void read_limit(ObjectReader& reader, std::string_view name, std::optional<std::uint32_t>& limit)
{
    const auto* value = reader.take(name);
    if (value == nullptr) return;
    if (value->is_null()) limit = 0;
    else if (const auto number = reader.number(name, 1, in_flight_most))
        limit = static_cast<std::uint32_t>(*number);
}

awaitable<http::Response> show(const Context& context, const Caller&, http::Request&)
{
    const auto limits = co_await context.hub_limits();
    co_return object_response(200, to_json(limits));
}

awaitable<http::Response> change(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    http::Response response;
    const auto body = read_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    ObjectReader reader{*body, "", faults};
    LimitsChange change;
    read_limit(reader, "in_flight", change.in_flight);
    read_limit(reader, "tenant_in_flight", change.tenant_in_flight);
    reader.finish();
    if (!faults.empty()) co_return faults_response(faults);
    const auto before = co_await context.hub_limits();
    const auto changed = co_await context.change_hub_limits(change);
    if (!changed) co_return error_response(changed.error());
    co_await audit_change(context, caller, "limits.changed", "hub",
                          describe_change(to_json(before), to_json(*changed)));
    co_return object_response(200, to_json(*changed));
}

}  // namespace

void add_limit_routes(Routes& routes)
{
    if (!routes.context().hub_limits) return;
    auto& document = routes.document();
    document.add_schema("HubLimits", limits_schema);
    document.add_schema("ChangedHubLimits", changed_limits_schema);
    routes.add(
        "GET", "/v1/limits", operator_only,
        {"getLimits", "What the whole hub may have in flight", {{200, "HubLimits", "the limits"}}},
        show);
    Operation operation{
        "changeLimits", "Change them, without a restart", {{200, "HubLimits", "as they are"}}};
    operation.bodies = json_body("ChangedHubLimits");
    routes.add("PATCH", "/v1/limits", operator_only, std::move(operation), change);
}

}  // namespace katydid::api
