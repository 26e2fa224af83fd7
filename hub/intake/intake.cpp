#include "hub/intake/intake.hpp"

#include "handlers/envelope.hpp"
#include "hub/core/json/parse.hpp"
#include "hub/intake/event_bell.hpp"
#include "hub/intake/order_key.hpp"
#include "hub/observe/log.hpp"

namespace katydid::intake {
namespace {

Error misfit(const Event& event, const schema::Fault& fault)
{
    return {errc::invalid_argument, "The data does not fit the schema of " + event.type + ": "
                                        + (fault.pointer.empty() ? "it" : fault.pointer) + " "
                                        + fault.detail + "."};
}

/// The data is what a webhook's envelope holds, and the whole of anything else.
std::vector<schema::Fault> check_data(const Event& event, filter::Document& document,
                                      const schema::JsonSchema& schema)
{
    const auto* whole = document.payload();
    if (whole == nullptr) return {{"", "must be JSON"}};
    const auto opened = handlers::open_envelope(event);
    if (!opened || opened->shape == handlers::Shape::plain) return schema.check(*whole);
    boost::json::error_code error;
    const auto data = json_text::parse(opened->data, error);
    return error ? schema.check(*whole) : schema.check(data);
}

/// What the hub itself says about deliveries is in nobody's catalog.
bool is_operational(const Event& event)
{
    return event.source.empty() && event.type.starts_with("katydid.");
}

}  // namespace

Intake::Intake(store::Store& store, const registry::Tables& tables, IdSource& ids,
               const Clock& clock, observe::Metrics& metrics, observe::Tracer* tracer)
    : store_{store},
      tables_{tables},
      ids_{ids},
      clock_{clock},
      metrics_{metrics},
      tracer_{tracer}
{}

void Intake::complete(Event& event)
{
    event.id = ids_.make<EventId>();
    event.received_at = clock_.now();
    if (event.external_id.empty()) event.external_id = event.id.to_string();
    if (event.occurred_at == Timestamp{}) event.occurred_at = event.received_at;
    // Anybody may send that header: what is no trace context is not kept and not passed on.
    if (!parse_traceparent(event.traceparent)) event.traceparent.clear();
}

awaitable<result<store::Appended>> Intake::accept(Event event, AcceptOptions options)
{
    complete(event);
    const auto kept = std::make_shared<const Event>(std::move(event));
    store::Append append{kept, {}, std::move(options.identity)};
    {
        filter::Document document{*kept};
        std::vector<schema::Fault> faults;
        if (!fits_schema(*kept, document, options.faults ? *options.faults : faults)) {
            const auto& first = options.faults ? options.faults->front() : faults.front();
            co_return misfit(*kept, first);
        }
        if (!options.only) {
            append.recipients = recipients_of(*kept, document);
        } else {
            auto recipient = recipient_of(*kept, *options.only);
            if (!recipient) co_return recipient.error();
            append.recipients = std::move(*recipient);
        }
    }
    const auto started = clock_.steady_now();
    auto appended = co_await store_.append(std::move(append));
    if (tracer_ != nullptr) trace_append(*kept, appended, started);
    if (!appended) {
        metrics_.event_rejected("store");
        co_return appended.error();
    }
    co_await note(*kept, *appended);
    co_return appended;
}

awaitable<result<std::vector<store::Appended>>>
Intake::accept_all(std::vector<Event> events, std::vector<schema::Fault>* faults)
{
    std::vector<Arrived> arrived;
    arrived.reserve(events.size());
    for (auto& event : events) arrived.push_back({std::move(event)});
    return accept_all(std::move(arrived), faults);
}

awaitable<result<std::vector<store::Appended>>>
Intake::accept_all(std::vector<Arrived> events, std::vector<schema::Fault>* faults)
{
    std::vector<EventPtr> kept;
    std::vector<store::Append> appends;
    std::optional<Error> refused;
    for (auto& [event, identity] : events) {
        complete(event);
        kept.push_back(std::make_shared<const Event>(std::move(event)));
        filter::Document document{*kept.back()};
        std::vector<schema::Fault> own;
        if (!fits_schema(*kept.back(), document, own)) {
            if (!refused) refused = misfit(*kept.back(), own.front());
            const auto place = "/" + std::to_string(kept.size() - 1);
            for (auto& fault : own)
                if (faults != nullptr && faults->size() < schema::faults_max)
                    faults->push_back({place + fault.pointer, std::move(fault.detail)});
            continue;
        }
        appends.push_back(
            {kept.back(), recipients_of(*kept.back(), document), std::move(identity)});
    }
    if (refused) co_return *refused;
    const auto started = clock_.steady_now();
    auto appended = co_await store_.append_all(std::move(appends));
    if (!appended) {
        metrics_.event_rejected("store");
        co_return appended.error();
    }
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (tracer_ != nullptr) trace_append(*kept[i], (*appended)[i], started);
        co_await note(*kept[i], (*appended)[i]);
    }
    co_return appended;
}

/// Counts what was committed, and tells those who wait for it.
awaitable<void> Intake::note(const Event& event, const store::Appended& appended)
{
    if (appended.refused) co_return;
    if (!appended.duplicate) {
        metrics_.event_accepted();
        if (bell_ != nullptr) bell_->ring(event.tenant);
        co_return;
    }
    metrics_.event_duplicate();
    if (appended.same_payload) co_return;
    co_await note_difference(event.tenant, appended.event, event.external_id);
}

/// Whether the event may come in. In the mode "warn" it may, whatever is wrong with it.
bool Intake::fits_schema(const Event& event, filter::Document& document,
                         std::vector<schema::Fault>& faults)
{
    const auto tenant = tables_.tenant(event.tenant);
    const auto mode = tenant ? tenant->schema_mode : registry::SchemaMode::off;
    if (mode == registry::SchemaMode::off) return true;
    const auto type = tables_.event_type_for(event.tenant, event.type);
    std::vector<schema::Fault> found;
    if (type && type->schema) found = check_data(event, document, *type->schema);
    else if (!type && mode == registry::SchemaMode::strict && !is_operational(event))
        found = {{"", "is of a type that the catalog does not have"}};
    if (found.empty()) return true;
    if (mode == registry::SchemaMode::warn) {
        warn_of(event, found.front());
        return true;
    }
    metrics_.event_rejected("schema");
    faults = std::move(found);
    return false;
}

void Intake::warn_of(const Event& event, const schema::Fault& fault)
{
    const auto now = clock_.steady_now();
    if (now < next_warning_) return;
    next_warning_ = now + std::chrono::seconds{1};
    log::warn("event.schema", "data that does not fit the schema of its type was accepted",
              {{"type", event.type},
               {"source", event.source},
               {"pointer", fault.pointer},
               {"detail", fault.detail}});
}

awaitable<result<std::vector<DeliveryId>>> Intake::replay(TenantId tenant, EventId id,
                                                          std::optional<SubscriptionId> only)
{
    const auto event = co_await store_.event(tenant, id);
    if (!event) co_return event.error();
    filter::Document document{**event};
    auto recipients = only ? recipient_of(**event, *only) : recipients_of(**event, document);
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

std::vector<store::Recipient> Intake::recipients_of(const Event& event,
                                                    filter::Document& document) const
{
    const auto subscriptions = tables_.match(event, document);
    auto keys = order_keys(event, subscriptions, document);
    std::vector<store::Recipient> recipients;
    recipients.reserve(subscriptions.size());
    for (std::size_t i = 0; i < subscriptions.size(); ++i)
        recipients.push_back({subscriptions[i]->id, std::move(keys[i])});
    return recipients;
}

void Intake::trace_append(const Event& event, const result<store::Appended>& appended,
                          SteadyTime started) const
{
    const auto request = parse_traceparent(event.traceparent);
    if (!request || !request->sampled) return;
    observe::Span span;
    const auto begun = observe::Tracer::below(*request);
    span.context = begun.context;
    span.parent = begun.parent;
    span.name = "store";
    span.end = clock_.now();
    span.duration = clock_.steady_now() - started;
    span.attributes = {{"katydid.tenant", event.tenant.to_string()},
                       {"katydid.event.id", event.id.to_string()},
                       {"katydid.event.type", event.type}};
    if (appended) {
        span.attributes.emplace_back("katydid.duplicate", appended->duplicate);
        span.attributes.emplace_back("katydid.deliveries", std::int64_t{appended->deliveries});
    } else span.error = appended.error().message;
    tracer_->record(std::move(span));
}

awaitable<void> Intake::note_difference(TenantId tenant, EventId id, std::string external_id)
{
    log::warn("event.duplicate_differs",
              "an event id came again with another body; the first one was kept",
              {{"event_id", id.to_string()}, {"external_id", external_id}});
    store::AuditEntry entry;
    entry.tenant = tenant;
    entry.at = clock_.now();
    entry.actor = "hub";
    entry.action = "event.duplicate_differs";
    entry.object = id.to_string();
    entry.detail = "{}";
    const auto noted = co_await store_.audit(std::move(entry));
    if (!noted) log::warn("audit.failed", noted.error().message, {{"event_id", id.to_string()}});
}

}  // namespace katydid::intake
