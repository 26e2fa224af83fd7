#include "hub/app/loop/told_deliveries.hpp"

#include "hub/api/protocol/output.hpp"

namespace katydid {
namespace {

namespace json = boost::json;

json::object message(std::string_view type, DeliveryId delivery, EventId event,
                     SubscriptionId subscription)
{
    return {{"type", type},
            {"delivery", delivery.to_string()},
            {"event", event.to_string()},
            {"subscription", subscription.to_string()}};
}

json::value text_or_null(const std::string& text)
{
    return text.empty() ? json::value{} : json::value(api::safe_text(text));
}

}  // namespace

void tell_started(stream::Happenings& happenings, const dispatch::Item& item)
{
    const auto& delivery = item.work.delivery;
    happenings.tell(delivery.tenant, delivery.subscription, stream::Happening::delivery, [&] {
        auto object = message("delivery", delivery.id, delivery.event, delivery.subscription);
        object["state"] = to_text(DeliveryState::in_flight);
        object["at"] = to_rfc3339(item.started.wall);
        object["due_at"] = nullptr;
        object["reason"] = nullptr;
        return json::serialize(object);
    });
}

void tell_settled(stream::Happenings& happenings, const dispatch::Settle& settle)
{
    const auto& settlement = settle.settlement;
    const auto begin = [&](std::string_view type) {
        return message(type, settlement.delivery, settle.event_id, settle.id);
    };
    if (settlement.attempt)
        happenings.tell(settlement.tenant, settle.id, stream::Happening::attempt, [&] {
            auto object = begin("attempt");
            object["attempt"] = api::to_json(*settlement.attempt);
            return json::serialize(object);
        });
    happenings.tell(settlement.tenant, settle.id, stream::Happening::delivery, [&] {
        auto object = begin("delivery");
        object["state"] = to_text(settlement.state);
        object["at"] = to_rfc3339(settlement.settled_at);
        object["due_at"] = is_final(settlement.state) ? json::value{}
                                                      : json::value(to_rfc3339(settlement.due_at));
        object["reason"] = text_or_null(settlement.reason);
        return json::serialize(object);
    });
}

}  // namespace katydid
