#include "hub/intake/intake.hpp"

#include "hub/intake/order_key.hpp"
#include "hub/observe/log.hpp"

namespace katydid::intake {

Intake::Intake(store::Store& store, const registry::Tables& tables, IdSource& ids,
               const Clock& clock, observe::Metrics& metrics)
    : store_{store},
      tables_{tables},
      ids_{ids},
      clock_{clock},
      metrics_{metrics}
{}

awaitable<result<store::Appended>> Intake::accept(Event event)
{
    event.id = ids_.make<EventId>();
    event.received_at = clock_.now();
    if (event.external_id.empty()) event.external_id = event.id.to_string();
    if (event.occurred_at == Timestamp{}) event.occurred_at = event.received_at;

    store::Append append;
    append.recipients = recipients_of(event);
    const auto tenant = event.tenant;
    const auto kept = std::make_shared<const Event>(std::move(event));
    append.event = kept;

    auto appended = co_await store_.append(std::move(append));
    if (!appended) {
        metrics_.event_rejected("store");
        co_return appended.error();
    }
    if (!appended->duplicate) {
        metrics_.event_accepted();
        co_return appended;
    }
    metrics_.event_duplicate();
    if (!appended->same_payload)
        co_await note_difference(tenant, appended->event, kept->external_id);
    co_return appended;
}

awaitable<result<std::vector<DeliveryId>>> Intake::replay(TenantId tenant, EventId id,
                                                          std::optional<SubscriptionId> only)
{
    const auto event = co_await store_.event(tenant, id);
    if (!event) co_return event.error();
    auto recipients = only ? recipient_of(**event, *only) : recipients_of(**event);
    if (!recipients) co_return recipients.error();
    auto replayed = co_await store_.replay(tenant, id, std::move(*recipients), clock_.now());
    co_return replayed;
}

/// Also one whose patterns or filter would not let the event through: a person wants it.
result<std::vector<store::Recipient>> Intake::recipient_of(const Event& event,
                                                           SubscriptionId id) const
{
    const auto subscription = tables_.subscription(id);
    if (!subscription || subscription->tenant != event.tenant)
        return Error{errc::not_found, "There is no such subscription."};
    filter::Document document{event};
    auto keys = order_keys(event, {subscription}, document);
    return std::vector<store::Recipient>{{id, std::move(keys.front())}};
}

std::vector<store::Recipient> Intake::recipients_of(const Event& event) const
{
    filter::Document document{event};
    const auto subscriptions = tables_.match(event, document);
    auto keys = order_keys(event, subscriptions, document);
    std::vector<store::Recipient> recipients;
    recipients.reserve(subscriptions.size());
    for (std::size_t i = 0; i < subscriptions.size(); ++i)
        recipients.push_back({subscriptions[i]->id, std::move(keys[i])});
    return recipients;
}

awaitable<void> Intake::note_difference(TenantId tenant, EventId id, std::string external_id)
{
    log::warn("event.duplicate_differs",
              "an event id came again with another body; the first one was kept",
              {{"event", id.to_string()}, {"external_id", external_id}});
    store::AuditEntry entry;
    entry.tenant = tenant;
    entry.at = clock_.now();
    entry.actor = "hub";
    entry.action = "event.duplicate_differs";
    entry.object = id.to_string();
    entry.detail = "{}";
    const auto noted = co_await store_.audit(std::move(entry));
    if (!noted) log::warn("audit.failed", noted.error().message, {{"event", id.to_string()}});
}

}  // namespace katydid::intake
