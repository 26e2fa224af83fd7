// /v1/settings, /v1/identities, /v1/certificates, /v1/doctor: what the hub tells of itself.
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"

namespace katydid::api {
namespace hub {
namespace {

namespace json = boost::json;

http::Response rows(json::array data)
{
    return object_response(200, json::object{{"data", std::move(data)}});
}

awaitable<http::Response> settings(const Context& context, const Caller&, http::Request&)
{
    co_return rows(context.report->settings());
}

awaitable<http::Response> identities(const Context& context, const Caller& caller, http::Request&)
{
    co_return rows(context.report->identities(caller.tenant, caller.is_operator));
}

awaitable<http::Response> certificates(const Context& context, const Caller&, http::Request&)
{
    co_return rows(context.report->certificates());
}

awaitable<http::Response> doctor(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    const auto receivers = request.query_parameter("receivers").value_or("false");
    if (receivers != "true" && receivers != "false")
        co_return parameter_fault("receivers", "must be true or false");
    const bool asks = receivers == "true";
    auto found = co_await context.report->findings(caller.tenant, asks);
    co_return rows(std::move(found));
}

}  // namespace
}  // namespace hub

void add_hub_routes(Routes& routes)
{
    using namespace hub;
    if (routes.context().report == nullptr) return;
    routes.add("GET", "/v1/settings", operator_only,
               {"getSettings",
                "The settings in force, and where each comes from",
                {{200, "HubSettings", "the settings, without a secret"}}},
               settings);
    routes.add("GET", "/v1/identities", "subscriptions:read",
               {"listIdentities",
                "The identities that a subscription may name",
                {{200, "OfferedIdentities", "their names and hosts; operators see all of them"}}},
               identities);
    routes.add("GET", "/v1/certificates", operator_only,
               {"listCertificates",
                "The certificates that the hub shows, and what is wrong with them",
                {{200, "HubCertificates", "the certificates"}}},
               certificates);
    routes.add("GET", "/v1/doctor", operator_only,
               {"runDoctor",
                "Look for what is likely to be wrong, as katydid doctor does",
                {{200, "CheckFindings", "what was looked at, and what to do"}},
                {{"receivers", R"({"type":"string","enum":["true","false"],"default":"false"})",
                  "whether the receivers of the tenant are asked, too, with HEAD"}}},
               doctor);
}

}  // namespace katydid::api
