// One delivery or one event, again: retry, cancel, replay.
#include "hub/api/input/body.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/core/json/fields.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

enum class Move : std::uint8_t { retry, cancel };

/// One delivery, now. 409 when it is not in a state to be moved.
Handle moving(Move move)
{
    return [move](const Context& context, const Caller& caller,
                  http::Request& request) -> awaitable<http::Response> {
        const auto id = DeliveryId::parse(request.parameter("id"));
        if (!id) co_return http::Response::problem(404, "There is no such delivery.");
        const auto known = co_await context.store.delivery(caller.tenant, *id);
        if (!known && known.error() == errc::not_found)
            co_return http::Response::problem(404, "There is no such delivery.");
        if (!known) co_return error_response(known.error());
        const auto now = context.clock.now();
        const std::vector<DeliveryId> ids{*id};
        auto call = move == Move::retry
                        ? context.store.redeliver(caller.tenant, ids, Lane::retry, now)
                        : context.store.cancel(caller.tenant, ids, "cancelled by a person", now);
        const auto moved = co_await std::move(call);
        if (!moved) co_return error_response(moved.error());
        if (*moved == 0)
            co_return http::Response::problem(
                409, move == Move::retry ? "The delivery is due or in flight already."
                                         : "The delivery is in flight, or has ended already.");
        const std::string action = move == Move::retry ? "delivery.retried" : "delivery.cancelled";
        co_await audit_change(context, caller, action, id->to_string());
        const auto after = co_await context.store.delivery(caller.tenant, *id);
        if (!after) co_return error_response(after.error());
        co_return object_response(202, api::to_json(*after));
    };
}

awaitable<http::Response> replay_event(const Context& context, const Caller& caller,
                                       http::Request& request, const json::object& body)
{
    const auto id = EventId::parse(request.parameter("id"));
    if (!id) co_return http::Response::problem(404, "There is no such event.");
    std::vector<Fault> faults;
    std::optional<SubscriptionId> subscription;
    FieldReader read{body, "", faults};
    read("subscription", subscription);
    if (!faults.empty()) co_return faults_response(faults);
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
    routes.add("POST", one + "retry", write,
               {"retryDelivery",
                "Try a delivery again now",
                {{202, "Delivery", "due"}, {409, "", "it is due or in flight already"}}},
               moving(Move::retry));
    routes.add("POST", one + "cancel", write,
               {"cancelDelivery",
                "Do not send it",
                {{202, "Delivery", "cancelled"}, {409, "", "it is in flight or has ended"}}},
               moving(Move::cancel));
    Operation replaying{"replayEvent",
                        "Deliver an event again, to all or to one subscription",
                        {{202, "Replayed", "due"}}};
    replaying.bodies = json_body("EventReplay");
    replaying.body_is_optional = true;
    routes.add("POST", "/v1/events/{id}/replay", write, std::move(replaying), replay_event);
}

}  // namespace katydid::api
