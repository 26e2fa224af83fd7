// /v1/subscriptions: create, list, show, change, pause, resume, delete.
#include "hub/api/protocol/collection.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/named.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/precondition.hpp"
#include "hub/input/subscription_input.hpp"
#include "hub/input/subscription_signature.hpp"
#include "hub/api/protocol/table_page.hpp"
#include "hub/api/resources/transform_check.hpp"
#include "hub/api/access/reach.hpp"

namespace katydid::api {
namespace subscriptions {
namespace {

namespace json = boost::json;

/// The subscription of the path that the API may change, or nullptr with a 404 or 409.
SubscriptionPtr find_own(const Context& context, const Caller& caller, const http::Request& request,
                         http::Response& response)
{
    auto subscription = subscription_in_path(context, caller, request, response);
    if (!subscription || !subscription->read_only) return subscription;
    response = http::Response::problem(
        409, "This subscription was made by a setting or a program: change it there.");
    return nullptr;
}

/// Sources may be named by id; what is kept and shown is the name that events carry.
void name_sources(const Context& context, Subscription& subscription, std::vector<Fault>& faults)
{
    for (std::size_t i = 0; i < subscription.sources.size(); ++i) {
        auto& text = subscription.sources[i];
        if (!SourceId::parse(text)) continue;
        const auto entry = registry::named_source(context.tables, subscription.tenant, text);
        if (entry) text = entry->source.name;
        else faults.push_back({"/sources/" + std::to_string(i), unnamed("source")});
    }
}

/// A BodyCheck of both a new subscription and a change.
void check(const Context& context, const Caller& caller, const http::Request& request,
           const json::object& body, std::vector<Fault>& faults)
{
    http::Response unused;
    const auto known = subscription_in_path(context, caller, request, unused);
    Subscription fresh;
    fresh.tenant = caller.tenant;
    static_cast<void>(input::read_subscription(body, known ? *known : fresh,
                                               {context.egress, context.identities}, faults));
}

awaitable<http::Response> create(const Context& context, const Caller& caller, http::Request&,
                                 const json::object& body)
{
    std::vector<Fault> faults;
    Subscription fresh;
    fresh.tenant = caller.tenant;
    auto input = input::read_subscription(body, fresh, {context.egress, context.identities},
                                          faults);
    if (!input) co_return input::faults_response(faults);
    name_sources(context, input->subscription, faults);
    const auto made = input::settle_signature(*input, context.tables.schemes(), nullptr,
                                              context.clock.now(), faults);
    const auto compiled = co_await check_transform(context, input->subscription, fresh, faults);
    if (!compiled) co_return workers_response(compiled.error());
    if (!faults.empty()) co_return input::faults_response(faults);

    auto put = co_await context.registry.subscriptions.put(std::move(input->subscription),
                                                           std::move(input->secret));
    if (!put) co_return error_response(put.error());
    auto object = shown(**put);
    co_await audit_change(context, caller, "subscription.created", (*put)->id.to_string(),
                          describe_change({}, object));
    if (!made.secret.empty()) object["secret"] = made.secret;  // shown this once
    if (!made.public_key.empty()) object["public_key"] = made.public_key;
    auto created = object_response(201, object);
    created.with("Location", "/v1/subscriptions/" + (*put)->id.to_string());
    co_return with_etag(std::move(created), (*put)->version);
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request& request)
{
    auto rows = context.tables.subscriptions(caller.tenant);
    std::erase_if(rows, [&](const SubscriptionPtr& row) { return !reaches(caller, row->id); });
    co_return table_page(
        request, rows, [](const SubscriptionPtr& subscription) { return subscription->id; },
        [](const SubscriptionPtr& subscription) { return shown(*subscription); });
}

awaitable<http::Response> show(const Context& context, const Caller& caller, http::Request& request)
{
    http::Response response;
    const auto subscription = subscription_in_path(context, caller, request, response);
    if (!subscription) co_return response;
    auto object = shown(*subscription);
    if (context.state_of) {
        const auto state = co_await context.state_of(subscription->id);
        object["state"] = to_json(state);
    }
    co_return with_etag(object_response(200, object), subscription->version);
}

/// A change, and who asked for it.
struct PendingChange {
    const http::Request& request;
    SubscriptionPtr known;  ///< that it starts from
    Subscription changed;
    std::optional<Secret> secret{};
};

awaitable<http::Response> put_changed(const Context& context, const Caller& caller,
                                      PendingChange pending)
{
    auto put = co_await context.registry.subscriptions.put(std::move(pending.changed),
                                                           std::move(pending.secret));
    const auto& known = *pending.known;
    if (!put) {
        const auto now = context.tables.subscription(known.id);
        co_return change_refused(pending.request, put.error(), known.version,
                                 now ? now->version : 0);
    }
    co_await audit_change(context, caller, "subscription.changed", known.id.to_string(),
                          describe_change(shown(known), shown(**put)));
    co_return with_etag(object_response(200, shown(**put)), (*put)->version);
}

awaitable<http::Response> change(const Context& context, const Caller& caller,
                                 http::Request& request, const json::object& body)
{
    http::Response response;
    const auto known = find_own(context, caller, request, response);
    if (!known) co_return response;
    if (auto failed = check_if_match(request, known->version)) co_return std::move(*failed);
    std::vector<Fault> faults;
    auto input = input::read_subscription(body, *known, {context.egress, context.identities},
                                          faults);
    if (!input) co_return input::faults_response(faults);
    name_sources(context, input->subscription, faults);
    const auto keys = context.tables.subscription_keys(known->id);
    static_cast<void>(input::settle_signature(*input, context.tables.schemes(), keys.get(),
                                              context.clock.now(), faults));
    input::check_sent_secret(*input, *known, context.tables.schemes(), faults);
    const auto compiled = co_await check_transform(context, input->subscription, *known, faults);
    if (!compiled) co_return workers_response(compiled.error());
    if (!faults.empty()) co_return input::faults_response(faults);
    PendingChange pending{request, known, std::move(input->subscription), std::move(input->secret)};
    auto changed = put_changed(context, caller, std::move(pending));
    co_return co_await std::move(changed);
}

awaitable<http::Response> set_status(const Context& context, const Caller& caller,
                                     http::Request& request, SubscriptionStatus status)
{
    http::Response response;
    const auto known = find_own(context, caller, request, response);
    if (!known) co_return response;
    if (auto failed = check_if_match(request, known->version)) co_return std::move(*failed);
    if (known->status == status)
        co_return with_etag(object_response(200, shown(*known)), known->version);
    auto changed = *known;
    changed.status = status;
    changed.status_reason.clear();
    PendingChange pending{request, known, std::move(changed)};
    auto put = put_changed(context, caller, std::move(pending));
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
    if (auto failed = check_if_match(request, known->version)) co_return std::move(*failed);
    const auto base = asked_version(request, known->version);
    const auto removed = co_await context.registry.subscriptions.remove(
        known->tenant, known->id.to_string(), base);
    if (!removed && removed.error() == errc::not_found)
        co_return http::Response::problem(404, "There is no subscription of that id or name.");
    if (!removed) {
        const auto now = context.tables.subscription(known->id);
        co_return change_refused(request, removed.error(), known->version, now ? now->version : 0);
    }
    Deletion deletion{"subscription.deleted", known->id.to_string(), shown(*known)};
    auto answer = answer_deletion(context, caller, std::move(deletion));
    co_return co_await std::move(answer);
}

/// An event of its own that only this subscription gets.
awaitable<http::Response> test(const Context& context, const Caller& caller, http::Request& request)
{
    http::Response response;
    const auto known = subscription_in_path(context, caller, request, response);
    if (!known) co_return response;
    const json::object data{{"message", "A test of the subscription " + known->name + "."},
                            {"subscription", known->id.to_string()},
                            {"at", to_rfc3339(context.clock.now())}};
    Event event;
    event.tenant = caller.tenant;
    event.origin = Origin::hub;
    event.type = "katydid.test";
    event.content_type = "application/json";
    event.payload = std::make_shared<const std::string>(json::serialize(data));
    intake::AcceptOptions options;
    options.only = known->id;
    const auto appended = co_await context.intake.accept(std::move(event), options);
    if (!appended) co_return error_response(appended.error());
    const json::object body{{"id", appended->event.to_string()},
                            {"duplicate", appended->duplicate},
                            {"deliveries", appended->deliveries}};
    co_return object_response(202, body);
}

Operation changing_operation(std::string id, std::string summary)
{
    Operation operation{
        std::move(id),
        std::move(summary),
        {{200, "Subscription", "as it is now"},
         {409, "", "a setting made it, the name is taken, or another call changed it"}}};
    operation.is_conditional = true;
    return operation;
}

}  // namespace
}  // namespace subscriptions

void add_subscription_routes(Routes& routes)
{
    using namespace subscriptions;
    const std::string write = "subscriptions:write";
    Collection subscriptions{
        routes, {"/v1/subscriptions", "id", "Subscription", "subscriptions:read", write}};
    const auto one = subscriptions.one();
    subscriptions.add_creation({"createSubscription", "Deliver events to a receiver",
                                "made; `secret` is shown this once", "the name is taken"},
                               create, check);
    subscriptions.add_list({"listSubscriptions", "All subscriptions of the tenant", "a page"},
                           list);
    subscriptions.add_show({"getSubscription", "One subscription, and how it is doing now",
                            "the subscription with `state`"},
                           show);
    subscriptions.add_change("PATCH", "ChangedSubscription",
                             {"changeSubscription", "Change what the body names", "as it is now",
                              "a setting made it, the name is taken, or another call changed it"},
                             change, check);
    subscriptions.add_removal({"deleteSubscription", "Delete it; what waits for it is cancelled",
                               "gone", "a setting made it"},
                              remove);
    routes.add(
        "POST", one + "/pause", write,
        changing_operation("pauseSubscription", "Send nothing for now: deliveries accumulate"),
        pause);
    routes.add("POST", one + "/resume", write,
               changing_operation("resumeSubscription", "Send again"), resume);
    routes.add("POST", one + "/test", write,
               {"testSubscription",
                "Send an event katydid.test to this subscription alone",
                {{202, "Accepted", "on its way"}}},
               test);
}

}  // namespace katydid::api
