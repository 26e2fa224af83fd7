// One delivery or one event, again: retry, cancel, replay.
#include "hub/input/body.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/named.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/core/json/fields.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

awaitable<result<Delivery>> find_delivery(const Context& context, const Caller& caller,
                                          const http::Request& request)
{
    const auto id = DeliveryId::parse(request.parameter("id"));
    if (!id) co_return Error{errc::not_found, "There is no such delivery."};
    auto known = co_await context.store.delivery(caller.tenant, *id);
    if (!known && known.error() == errc::not_found)
        co_return Error{errc::not_found, "There is no such delivery."};
    co_return known;
}

/// The answer to a delivery that was moved; 409 when it was not in a state to be.
awaitable<http::Response> answer_moved(const Context& context, const Caller& caller, DeliveryId id,
                                       result<std::uint64_t> moved, std::string action,
                                       std::string refusal)
{
    if (!moved) co_return error_response(moved.error());
    if (*moved == 0) co_return http::Response::problem(409, refusal);
    co_await audit_change(context, caller, action, id.to_string());
    const auto after = co_await context.store.delivery(caller.tenant, id);
    if (!after) co_return error_response(after.error());
    co_return object_response(202, api::to_json(*after));
}

awaitable<http::Response> retry(const Context& context, const Caller& caller,
                                http::Request& request, const json::object& body)
{
    std::vector<Fault> faults;
    bool force = false;
    FieldReader read{body, "", faults};
    read("force", force);
    if (!faults.empty()) co_return input::faults_response(faults);
    const auto known = co_await find_delivery(context, caller, request);
    if (!known) co_return error_response(known.error());
    if (known->state == DeliveryState::delivered && !force)
        co_return http::Response::problem(
            409, "The delivery has arrived: say \"force\": true to send it again.");
    const std::vector<DeliveryId> ids{known->id};
    const auto now = context.clock.now();
    auto moved = co_await context.store.redeliver(caller.tenant, ids, Lane::retry, now,
                                                  std::nullopt);
    auto answer = answer_moved(context, caller, known->id, std::move(moved), "delivery.retried",
                               "The delivery is due or in flight already.");
    co_return co_await std::move(answer);
}

awaitable<http::Response> cancel(const Context& context, const Caller& caller,
                                 http::Request& request)
{
    const auto known = co_await find_delivery(context, caller, request);
    if (!known) co_return error_response(known.error());
    const std::vector<DeliveryId> ids{known->id};
    const std::string reason = "cancelled by a person";
    auto moved = co_await context.store.cancel(caller.tenant, ids, reason, context.clock.now());
    auto answer = answer_moved(context, caller, known->id, std::move(moved), "delivery.cancelled",
                               "The delivery is in flight, or has ended already.");
    co_return co_await std::move(answer);
}

awaitable<http::Response> replay_event(const Context& context, const Caller& caller,
                                       http::Request& request, const json::object& body)
{
    const auto id = EventId::parse(request.parameter("id"));
    if (!id) co_return http::Response::problem(404, "There is no such event.");
    std::vector<Fault> faults;
    std::optional<SubscriptionId> subscription;
    read_subscription(context, caller, body, subscription, faults);
    if (!faults.empty()) co_return input::faults_response(faults);
    const auto deliveries = co_await context.intake.replay(caller.tenant, *id, subscription);
    if (!deliveries && deliveries.error() == errc::not_found && !subscription)
        co_return http::Response::problem(404, "There is no such event.");
    if (!deliveries) co_return error_response(deliveries.error());
    co_await audit_change(context, caller, "event.replayed", id->to_string());
    json::array ids;
    for (const auto& delivery : *deliveries) ids.emplace_back(delivery.to_string());
    const json::object object{{"id", id->to_string()}, {"deliveries", std::move(ids)}};
    co_return object_response(202, object);
}

}  // namespace

void add_redelivery_routes(Routes& routes)
{
    const std::string write = "events:write";
    const std::string one = "/v1/deliveries/{id}/";
    Operation retrying{
        "retryDelivery",
        "Try a delivery again now",
        {{202, "Delivery", "due"},
         {409, "", "it is due or in flight already, or was delivered and force is not true"}}};
    retrying.bodies = json_body("DeliveryRetry");
    retrying.body_is_optional = true;
    routes.add("POST", one + "retry", write, std::move(retrying), retry);
    routes.add("POST", one + "cancel", write,
               {"cancelDelivery",
                "Do not send it",
                {{202, "Delivery", "cancelled"}, {409, "", "it is in flight or has ended"}}},
               cancel);
    Operation replaying{"replayEvent",
                        "Deliver an event again, to all or to one subscription",
                        {{202, "Replayed", "due"}}};
    replaying.bodies = json_body("EventReplay");
    replaying.body_is_optional = true;
    routes.add("POST", "/v1/events/{id}/replay", write, std::move(replaying), replay_event);
}

}  // namespace katydid::api
