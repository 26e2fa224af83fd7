// /v1/bridge: both platforms, cached reads, and the writes between them.
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"

namespace katydid::api {
namespace bridge {
namespace {

/// The platforms are the default tenant's: their variables are the hub's settings.
std::optional<http::Response> refuse_others(const Caller& caller)
{
    if (caller.tenant == default_tenant()) return std::nullopt;
    return http::Response::problem(404, "This tenant has no bridge: it is the default tenant's.");
}

awaitable<http::Response> show(const Context& context, const Caller& caller, http::Request&)
{
    if (auto refused = refuse_others(caller)) co_return std::move(*refused);
    const auto overview = co_await context.bridge->overview();
    co_return object_response(200, overview);
}

awaitable<http::Response> operations(const Context& context, const Caller& caller,
                                     http::Request& request)
{
    http::Response response;
    if (auto refused = refuse_others(caller)) co_return std::move(*refused);
    const auto limit = read_limit(request, response);
    std::optional<DeliveryId> cursor;
    if (!limit || !read_id(request, "cursor", cursor, response)) co_return response;
    auto listed = co_await context.bridge->operations(cursor, *limit);
    co_return listed;
}

}  // namespace
}  // namespace bridge

void add_bridge_routes(Routes& routes)
{
    using namespace bridge;
    if (routes.context().bridge == nullptr) return;
    routes.add("GET", "/v1/bridge", "subscriptions:read",
               {"getBridge",
                "How both platforms are doing, and what is cached of them",
                {{200, "Bridge", "the default tenant's bridge"}}},
               show);
    routes.add("GET", "/v1/bridge/operations", "events:read",
               {"listBridgeOperations",
                "Writes from Grasshopper to ATLVS, newest first",
                {{200, "BridgeOperationPage", "the writes"}},
                {limit_parameter(), cursor_parameter()}},
               operations);
}

}  // namespace katydid::api
