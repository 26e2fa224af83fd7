// /v1/subscriptions: create, list, show.
#include "hub/api/output.hpp"
#include "hub/api/route.hpp"
#include "hub/api/subscription_input.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

awaitable<http::Response> create(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    http::Response response;
    const auto body = read_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    auto input = read_subscription(*body, context.egress, faults);
    if (!input) co_return faults_response(faults);

    input->subscription.tenant = caller.tenant;
    const bool is_signed = input->subscription.dialect != Dialect::raw;
    const bool is_generated = is_signed && !input->secret;
    if (is_generated) input->secret = signing::generate_secret();
    const std::string shown{is_generated ? input->secret->text() : std::string_view{}};

    auto put = co_await context.registry.put_subscription(std::move(input->subscription),
                                                          std::move(input->secret));
    if (!put) co_return error_response(put.error());
    auto object = to_json(**put);
    if (is_generated) object["secret"] = shown;  // shown this once
    auto created = object_response(201, object);
    created.with("Location", "/v1/subscriptions/" + (*put)->id.to_string());
    co_return created;
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request& request)
{
    http::Response response;
    std::optional<SubscriptionId> cursor;
    const auto limit = read_limit(request, response);
    if (!limit || !read_id(request, "cursor", cursor, response)) co_return response;
    json::array data;
    std::string next;
    for (const auto& subscription : context.tables.subscriptions(caller.tenant)) {
        if (cursor && subscription->id >= *cursor) continue;
        if (data.size() == *limit) break;
        data.push_back(to_json(*subscription));
        next = subscription->id.to_string();
    }
    if (data.size() < *limit) next.clear();
    co_return page(std::move(data), next);
}

awaitable<http::Response> show(const Context& context, const Caller& caller, http::Request& request)
{
    const auto id = SubscriptionId::parse(request.parameter("id"));
    const auto subscription = id ? context.tables.subscription(*id) : nullptr;
    if (!subscription || subscription->tenant != caller.tenant)
        co_return http::Response::problem(404, "There is no such subscription.");
    co_return object_response(200, to_json(*subscription));
}

}  // namespace

void add_subscription_routes(http::Router& router, const Context& context)
{
    add_route(router, context, "POST", "/v1/subscriptions", "subscriptions:write", create);
    add_route(router, context, "GET", "/v1/subscriptions", "subscriptions:read", list);
    add_route(router, context, "GET", "/v1/subscriptions/{id}", "subscriptions:read", show);
}

void add_routes(http::Router& router, const Context& context)
{
    add_event_routes(router, context);
    add_delivery_routes(router, context);
    add_subscription_routes(router, context);
}

}  // namespace katydid::api
