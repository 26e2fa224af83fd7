// /v1/limits: what the whole hub may have in flight.
#include "hub/api/input.hpp"
#include "hub/api/note_change.hpp"
#include "hub/api/output.hpp"
#include "hub/api/route.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::uint64_t in_flight_most = 100'000;

json::object to_json(const HubLimits& limits)
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
    HubLimitsChange wish;
    read_limit(reader, "in_flight", wish.in_flight);
    read_limit(reader, "tenant_in_flight", wish.tenant_in_flight);
    reader.finish();
    if (!faults.empty()) co_return faults_response(faults);
    const auto changed = co_await context.change_hub_limits(wish);
    if (!changed) co_return error_response(changed.error());
    co_await note_change(context, caller, "limits.changed", "hub",
                         json::serialize(to_json(*changed)));
    co_return object_response(200, to_json(*changed));
}

}  // namespace

void add_limit_routes(http::Router& router, const Context& context)
{
    if (!context.hub_limits) return;
    add_route(router, context, "GET", "/v1/limits", operator_only, show);
    add_route(router, context, "PATCH", "/v1/limits", operator_only, change);
}

}  // namespace katydid::api
