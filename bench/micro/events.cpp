#include "bench/micro/events.hpp"

namespace katydid::bench {

Payload sample_payload()
{
    constexpr std::string_view head = R"({"id":"6b1f0a0e-6f1c-4f7e-9a51-0b8a3f1f2c55",)"
                                      R"("name":"resource.updated","payload":{"notes":")";
    static const auto payload = std::make_shared<const std::string>(
        std::string{head} + std::string(920, 'n') + "\"}}");
    return payload;
}

EventPtr sample_event(IdSource& ids, std::uint64_t number)
{
    auto event = std::make_shared<Event>();
    event->id = ids.make<EventId>();
    event->source = "atlvs";
    event->type = "resource.updated";
    event->external_id = "bench-" + std::to_string(number);
    event->received_at = system_clock().now();
    event->occurred_at = event->received_at;
    event->content_type = "application/json";
    event->headers = {{"Content-Type", "application/json"},
                      {"X-Webhook-Event", "resource.updated"}};
    event->payload = sample_payload();
    return event;
}

SubscriptionPtr sample_subscription(IdSource& ids, std::vector<std::string> event_types)
{
    auto subscription = std::make_shared<Subscription>();
    subscription->id = ids.make<SubscriptionId>();
    subscription->name = "bench-" + subscription->id.to_string();
    subscription->event_types = std::move(event_types);
    subscription->handler.url = "http://127.0.0.1:9/";
    subscription->limits.in_flight = 64;
    return subscription;
}

}  // namespace katydid::bench
