// /v1/limits: what the whole hub may have in flight.
#include "hub/input/body.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"

namespace katydid::api {
namespace limits {
namespace {

namespace json = boost::json;

json::object to_json(const LimitValues& limits)
{
    return {{"in_flight", limits.in_flight}, {"tenant_in_flight", limits.tenant_in_flight}};
}

/// 0 in the change: `null`, back to the setting.
std::optional<std::uint32_t> limit_of(const json::object& body, std::string_view name)
{
    const auto* value = body.if_contains(name);
    if (value == nullptr) return std::nullopt;
    return value->is_null() ? 0 : value->to_number<std::uint32_t>();
}

awaitable<http::Response> show(const Context& context, const Caller&, http::Request&)
{
    const auto limits = co_await context.hub_limits();
    co_return object_response(200, to_json(limits));
}

awaitable<http::Response> change(const Context& context, const Caller& caller, http::Request&,
                                 const json::object& body)
{
    const LimitsChange wanted{limit_of(body, "in_flight"), limit_of(body, "tenant_in_flight")};
    const auto before = co_await context.hub_limits();
    const auto changed = co_await context.change_hub_limits(wanted);
    if (!changed) co_return error_response(changed.error());
    co_await audit_change(context, caller, "limits.changed", "hub",
                          describe_change(to_json(before), to_json(*changed)));
    co_return object_response(200, to_json(*changed));
}

}  // namespace
}  // namespace limits

void add_limit_routes(Routes& routes)
{
    using namespace limits;
    if (!routes.context().hub_limits) return;
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
