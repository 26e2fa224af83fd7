// /v1/subscriptions: create, list, show, change, pause, resume, delete.
#include "hub/api/output.hpp"
#include "hub/api/route.hpp"
#include "hub/api/table_page.hpp"
#include "hub/api/subscription_input.hpp"
#include "hub/api/subscription_signature.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

/// The subscription of the path, or nullptr with a 404.
SubscriptionPtr find(const Context& context, const Caller& caller, const http::Request& request,
                     http::Response& response)
{
    const auto id = SubscriptionId::parse(request.parameter("id"));
    auto subscription = id ? context.tables.subscription(*id) : nullptr;
    if (subscription && subscription->tenant == caller.tenant) return subscription;
    response = http::Response::problem(404, "There is no such subscription.");
    return nullptr;
}

/// The same, but only one that the API may change: else nullptr with a 404 or 409.
SubscriptionPtr find_own(const Context& context, const Caller& caller, const http::Request& request,
                         http::Response& response)
{
    auto subscription = find(context, caller, request, response);
    if (!subscription || !subscription->read_only) return subscription;
    response = http::Response::problem(
        409, "This subscription was made by a setting or a program: change it there.");
    return nullptr;
}

awaitable<http::Response> create(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    http::Response response;
    const auto body = read_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    auto input = read_subscription(*body, {}, context.egress, faults);
    if (!input) co_return faults_response(faults);

    input->subscription.tenant = caller.tenant;
    const auto shown = settle_signature(*input, context.tables.schemes(), nullptr,
                                        context.clock.now(), faults);
    if (!faults.empty()) co_return faults_response(faults);

    auto put = co_await context.registry.put_subscription(std::move(input->subscription),
                                                          std::move(input->secret));
    if (!put) co_return error_response(put.error());
    auto object = to_json(**put);
    if (!shown.secret.empty()) object["secret"] = shown.secret;  // shown this once
    if (!shown.public_key.empty()) object["public_key"] = shown.public_key;
    auto created = object_response(201, object);
    created.with("Location", "/v1/subscriptions/" + (*put)->id.to_string());
    co_return created;
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request& request)
{
    co_return table_page(
        request, context.tables.subscriptions(caller.tenant),
        [](const SubscriptionPtr& subscription) { return subscription->id; },
        [](const SubscriptionPtr& subscription) { return to_json(*subscription); });
}

awaitable<http::Response> show(const Context& context, const Caller& caller, http::Request& request)
{
    http::Response response;
    const auto subscription = find(context, caller, request, response);
    if (!subscription) co_return response;
    auto object = to_json(*subscription);
    if (context.state_of) {
        const auto state = co_await context.state_of(subscription->id);
        object["state"] = to_json(state);
    }
    co_return object_response(200, object);
}

awaitable<http::Response> put_changed(const Context& context, Subscription changed,
                                      std::optional<signing::Secret> secret)
{
    auto put = co_await context.registry.put_subscription(std::move(changed), std::move(secret));
    if (!put) co_return error_response(put.error());
    co_return object_response(200, to_json(**put));
}

awaitable<http::Response> change(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    http::Response response;
    const auto known = find_own(context, caller, request, response);
    if (!known) co_return response;
    const auto body = read_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    auto input = read_subscription(*body, *known, context.egress, faults);
    if (!input) co_return faults_response(faults);
    const auto keys = context.tables.subscription_keys(known->id);
    static_cast<void>(settle_signature(*input, context.tables.schemes(), keys.get(),
                                       context.clock.now(), faults));
    if (!faults.empty()) co_return faults_response(faults);
    auto changed = put_changed(context, std::move(input->subscription), std::move(input->secret));
    co_return co_await std::move(changed);
}

awaitable<http::Response> set_status(const Context& context, const Caller& caller,
                                     http::Request& request, SubscriptionStatus status)
{
    http::Response response;
    const auto known = find_own(context, caller, request, response);
    if (!known) co_return response;
    if (known->status == status) co_return object_response(200, to_json(*known));
    auto changed = *known;
    changed.status = status;
    changed.status_reason.clear();
    auto put = put_changed(context, std::move(changed), std::nullopt);
    co_return co_await std::move(put);
}

awaitable<http::Response> pause(const Context& context, const Caller& caller,
                                http::Request& request)
{
    return set_status(context, caller, request, SubscriptionStatus::paused);
}

awaitable<http::Response> resume(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    return set_status(context, caller, request, SubscriptionStatus::active);
}

awaitable<http::Response> remove(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    http::Response response;
    const auto known = find_own(context, caller, request, response);
    if (!known) co_return response;
    const auto removed = co_await context.registry.remove_subscription(known);
    if (!removed) co_return error_response(removed.error());
    response.status = 204;
    co_return response;
}

}  // namespace

void add_subscription_routes(http::Router& router, const Context& context)
{
    const std::string one = "/v1/subscriptions/{id}";
    const std::string write = "subscriptions:write";
    add_route(router, context, "POST", "/v1/subscriptions", write, create);
    add_route(router, context, "GET", "/v1/subscriptions", "subscriptions:read", list);
    add_route(router, context, "GET", one, "subscriptions:read", show);
    add_route(router, context, "PATCH", one, write, change);
    add_route(router, context, "DELETE", one, write, remove);
    add_route(router, context, "POST", one + "/pause", write, pause);
    add_route(router, context, "POST", one + "/resume", write, resume);
}

void add_routes(http::Router& router, const Context& context)
{
    add_event_routes(router, context);
    add_delivery_routes(router, context);
    add_replay_routes(router, context);
    add_limit_routes(router, context);
    add_subscription_routes(router, context);
    add_source_routes(router, context);
    add_scheme_routes(router, context);
    add_quarantine_routes(router, context);
    add_rotation_routes(router, context);
    add_tenant_routes(router, context);
    add_key_routes(router, context);
    add_subject_routes(router, context);
}

}  // namespace katydid::api
