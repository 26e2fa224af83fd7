// Subscriptions, events and works for tests of dispatching.
#pragma once

#include "hub/core/subscription/subscription.hpp"
#include "hub/store/store.hpp"

#include <memory>
#include <string>

namespace katydid::test {

template <class IdType>
IdType id_of(std::uint8_t number)
{
    IdBytes bytes{};
    bytes[0] = 1;
    bytes[15] = number;
    return IdType{bytes};
}

inline std::shared_ptr<Subscription> make_subscription(std::uint8_t number, std::uint8_t tenant = 1)
{
    auto subscription = std::make_shared<Subscription>();
    subscription->id = id_of<SubscriptionId>(number);
    subscription->tenant = id_of<TenantId>(tenant);
    subscription->name = "s" + std::to_string(number);
    subscription->event_types = {"*"};
    subscription->handler.kind = HandlerKind::coroutine;
    return subscription;
}

/// Makes events and deliveries with increasing ids.
class WorkMaker {
public:
    explicit WorkMaker(const Clock& clock) : clock_{clock}, ids_{clock, 42} {}

    EventPtr event(const std::string& payload = R"({"a":1})")
    {
        auto event = std::make_shared<Event>();
        event->id = ids_.make<EventId>();
        event->type = "test.happened";
        event->external_id = event->id.to_string();
        event->received_at = event->occurred_at = clock_.now();
        event->content_type = "application/json";
        event->payload = std::make_shared<const std::string>(payload);
        return event;
    }

    Delivery delivery(const Subscription& subscription, const Event& event, Lane lane = Lane::fresh,
                      std::string key = {})
    {
        Delivery delivery;
        delivery.tenant = subscription.tenant;
        delivery.id = ids_.make<DeliveryId>();
        delivery.event = event.id;
        delivery.subscription = subscription.id;
        delivery.lane = lane;
        delivery.order_key = std::move(key);
        delivery.created_at = delivery.due_at = clock_.now();
        return delivery;
    }

private:
    const Clock& clock_;
    IdSource ids_;
};

}  // namespace katydid::test
