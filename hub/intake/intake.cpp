#include "hub/intake/intake.hpp"

#include "handlers/dialects/envelope.hpp"
#include "hub/core/json/parse.hpp"
#include "hub/core/subscription/subscription.hpp"
#include "hub/core/text/reserved.hpp"
#include "hub/intake/commit_notifier.hpp"
#include "hub/intake/order_key.hpp"
#include "hub/observe/log.hpp"

#include <boost/asio/post.hpp>

namespace katydid::intake {
namespace {

// What an event may cost, and a request with many of them, in units of a WorkBudget: some 60 ms
// and, in turns with others, half a second.
constexpr std::uint64_t schema_work_max = schema::check_work_max;
constexpr std::uint64_t filters_work_max = 2'000'000;
constexpr std::uint64_t request_events_max = 10;      ///< that may cost as much as one may
constexpr std::uint64_t work_before_pause = 200'000;  ///< then others have the loop

std::vector<store::Recipient> recipients_of(const Event& event,
                                            const std::vector<SubscriptionPtr>& subscriptions,
                                            filter::Document& document)
{
    auto keys = order_keys(event, subscriptions, document);
    std::vector<store::Recipient> recipients;
    recipients.reserve(subscriptions.size());
    for (std::size_t i = 0; i < subscriptions.size(); ++i)
        recipients.push_back({subscriptions[i]->id, std::move(keys[i])});
    return recipients;
}

Error misfit(const Event& event, const Fault& fault)
{
    return {errc::invalid_argument, "The data does not fit the schema of " + event.type + ": "
                                        + (fault.pointer.empty() ? "it" : fault.pointer) + " "
                                        + fault.detail + "."};
}

/// The data is what a webhook's envelope holds, and the whole of anything else.
std::vector<Fault> check_data(const Event& event, filter::Document& document,
                              const schema::JsonSchema& schema, WorkBudget& work)
{
    const auto* whole = document.payload();
    if (whole == nullptr)
        return {{"", document.is_too_deep() ? "is nested too deep to be checked" : "must be JSON"}};
    const auto opened = dialects::open_envelope(event);
    if (!opened || opened->shape == dialects::Shape::plain) return schema.check(*whole, &work);
    boost::json::error_code error;
    const auto data = json_text::parse(opened->data, error);
    return schema.check(error ? *whole : data, &work);
}

/// A sender's type as the hub can use it. One of the hub's own is told apart by where it came from,
/// and a webhook is not lost for a type that is too long: its payload still says it.
void settle_type(Event& event)
{
    if (event.origin == Origin::hub || event.origin == Origin::bridge) return;
    const bool is_internal = is_internal_type(event.type);
    if (!event.type.empty() && !is_internal && is_writable_type(event.type)) return;
    auto sender = event.source.empty() ? std::string{"published"} : event.source;
    if (is_reserved_name(sender)) sender.insert(0, "source-");
    if (is_internal) event.type.insert(0, sender + ".");
    event.type = writable_type(event.type);
    if (event.type.empty()) event.type = sender + ".received";
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
    settle_type(event);
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
        std::vector<Fault> faults;
        WorkBudget schema_work{schema_work_max};
        if (!fits_schema(*kept, document, schema_work, options.faults ? *options.faults : faults)) {
            const auto& first = options.faults ? options.faults->front() : faults.front();
            co_return misfit(*kept, first);
        }
        if (!options.only) {
            append.recipients = route(*kept, document);
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
    if (appended->duplicate) co_await note_duplicate(*kept, *appended);
    else note_new(*kept, *appended);
    co_return appended;
}

/// What all of them come to, or why they are refused.
awaitable<result<std::vector<store::Append>>> Intake::prepare_all(std::vector<Arrived> events,
                                                                  std::vector<Fault>* faults)
{
    std::vector<store::Append> appends;
    std::optional<Error> refused;
    WorkBudget schema_work{request_events_max * schema_work_max};
    WorkBudget filters_work{request_events_max * filters_work_max};
    std::uint64_t paused_at = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        auto& arrived = events[i];
        complete(arrived.event);
        const auto event = std::make_shared<const Event>(std::move(arrived.event));
        std::vector<Fault> own;
        filter::Document document{*event};
        if (!fits_schema(*event, document, schema_work, own)) {
            if (!refused) refused = misfit(*event, own.front());
            for (auto& fault : own)
                if (faults != nullptr && faults->size() < schema::faults_max)
                    faults->push_back(
                        {"/" + std::to_string(i) + fault.pointer, std::move(fault.detail)});
        } else {
            WorkBudget work{filters_work_max, &filters_work};
            const auto matched = tables_.match(*event, document, work);
            if (!filters_work.is_spent()) note_undecided(*event, matched.undecided);
            appends.push_back({event, recipients_of(*event, matched.recipients, document),
                               std::move(arrived.identity)});
        }
        if (schema_work.is_spent() || filters_work.is_spent())
            co_return Error{errc::too_large,
                            "Checking and routing these events takes too long: send fewer of them "
                            "in one request."};
        const auto done = schema_work.used() + filters_work.used();
        if (done - paused_at < work_before_pause) continue;
        paused_at = done;
        co_await asio::post(asio::use_awaitable);
    }
    if (refused) co_return *refused;
    // A subscription that was deleted during a pause gets nothing any more.
    if (paused_at > 0)
        for (auto& append : appends)
            std::erase_if(append.recipients, [this](const store::Recipient& each) {
                return tables_.subscription(each.subscription) == nullptr;
            });
    co_return appends;
}

awaitable<result<std::vector<store::Appended>>> Intake::accept_all(std::vector<Event> events,
                                                                   std::vector<Fault>* faults)
{
    std::vector<Arrived> arrived;
    arrived.reserve(events.size());
    for (auto& event : events) arrived.push_back({std::move(event)});
    return accept_all(std::move(arrived), faults);
}

awaitable<result<std::vector<store::Appended>>> Intake::accept_all(std::vector<Arrived> events,
                                                                   std::vector<Fault>* faults)
{
    auto appends = co_await prepare_all(std::move(events), faults);
    if (!appends) co_return appends.error();
    std::vector<EventPtr> kept;
    for (const auto& append : *appends) kept.push_back(append.event);
    const auto started = clock_.steady_now();
    auto appended = co_await store_.append_all(std::move(*appends));
    if (!appended) {
        metrics_.event_rejected("store");
        co_return appended.error();
    }
    for (std::size_t i = 0; i < kept.size(); ++i) {
        if (tracer_ != nullptr) trace_append(*kept[i], (*appended)[i], started);
        auto& each = (*appended)[i];
        if (each.duplicate) co_await note_duplicate(*kept[i], each);
        else note_new(*kept[i], each);
    }
    co_return appended;
}

/// Counts what was committed, and tells those who wait for it.
void Intake::note_new(const Event& event, const store::Appended& appended)
{
    if (appended.refused) return;
    metrics_.event_accepted();
    if (notifier_ != nullptr) notifier_->notify(event.tenant);
}

awaitable<void> Intake::note_duplicate(const Event& event, store::Appended& appended)
{
    if (appended.refused) co_return;
    metrics_.event_duplicate();
    // The bridge has its own rule; a publisher's other data under a known id is a conflict.
    const bool may_try = event.origin == Origin::received
                         || (event.origin == Origin::published && appended.same_payload);
    if (may_try) {
        const auto again = co_await try_again(event.tenant, appended.event);
        appended.deliveries = again;
    }
    if (appended.same_payload) co_return;
    co_await note_difference(event.tenant, appended.event, event.external_id);
}

/// A sender that sends an event once more wants it delivered: it is, unless a receiver got it or
/// still will. Returns how many deliveries are due again.
awaitable<std::uint32_t> Intake::try_again(TenantId tenant, EventId id)
{
    store::DeliveryQuery query;
    query.tenant = tenant;
    query.event = id;
    query.states = {DeliveryState::pending, DeliveryState::scheduled, DeliveryState::delivered};
    query.limit = 1;
    const auto alive = co_await store_.deliveries(std::move(query));
    if (!alive || !alive->empty()) co_return 0;
    const auto again = co_await replay(tenant, id, std::nullopt);
    if (!again || again->empty()) co_return 0;
    log::debug("event.tried_again", "its sender sent it again, and no receiver had got it",
               {{"event_id", id.to_string()}, {"deliveries", again->size()}});
    co_await audit(tenant, id, "event.tried_again",
                   R"({"deliveries":)" + std::to_string(again->size()) + "}");
    co_return static_cast<std::uint32_t>(again->size());
}

/// Whether the event may come in. In the mode "warn" it may, whatever is wrong with it.
bool Intake::fits_schema(const Event& event, filter::Document& document, WorkBudget& work,
                         std::vector<Fault>& faults)
{
    const auto tenant = tables_.tenant(event.tenant);
    const auto mode = tenant ? tenant->schema_mode : registry::SchemaMode::off;
    if (mode == registry::SchemaMode::off) return true;
    const auto type = tables_.event_type_for(event.tenant, event.type);
    std::vector<Fault> found;
    if (type && type->schema) found = check_data(event, document, *type->schema, work);
    else if (!type && mode == registry::SchemaMode::strict && event.origin != Origin::hub)
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

void Intake::warn_of(const Event& event, const Fault& fault)
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
    auto recipients = replay_recipients(**event, only);
    if (!recipients) co_return recipients.error();
    auto replayed = co_await store_.replay(tenant, id, std::move(*recipients), clock_.now());
    co_return replayed;
}

result<std::vector<store::Recipient>> Intake::replay_recipients(const Event& event,
                                                                std::optional<SubscriptionId> only)
{
    filter::Document document{event};
    auto recipients = route(event, document);
    if (!only) return recipients;
    const auto subscription = tables_.subscription(*only);
    if (!subscription || subscription->tenant != event.tenant)
        return Error{errc::not_found, "There is no such subscription."};
    std::erase_if(recipients, [&](const auto& each) { return each.subscription != *only; });
    if (recipients.empty())
        return Error{errc::invalid_argument,
                     "The subscription \"" + subscription->name
                         + "\" would not get this event: its sources, event types, filter or "
                           "status say no."};
    return recipients;
}

/// Also one whose patterns or filter would not let the event through: a person tests it.
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

std::vector<store::Recipient> Intake::route(const Event& event, filter::Document& document)
{
    WorkBudget work{filters_work_max};
    const auto matched = tables_.match(event, document, work);
    note_undecided(event, matched.undecided);
    return recipients_of(event, matched.recipients, document);
}

/// A filter may be all that keeps an event from another's receiver: in doubt, none of them gets
/// it. A replay brings it to those who should have had it, once the filter is cheaper.
void Intake::note_undecided(const Event& event, const std::vector<SubscriptionPtr>& undecided)
{
    if (undecided.empty()) return;
    metrics_.filters_cut_off(undecided.size());
    const auto now = clock_.steady_now();
    if (now < next_filter_warning_) return;
    next_filter_warning_ = now + std::chrono::seconds{1};
    log::warn("filter.cut_off",
              "a content filter took too long, or the payload is nested too deep for it: the "
              "subscription does not get the event",
              {{"event_id", event.id.to_string()},
               {"type", event.type},
               {"subscription", undecided.front()->id.to_string()},
               {"subscriptions", static_cast<std::int64_t>(undecided.size())},
               {"hint", "use fewer or cheaper filters, then replay the event to it"}});
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
    co_await audit(tenant, id, "event.duplicate_differs", "{}");
}

awaitable<void> Intake::audit(TenantId tenant, EventId id, std::string action, std::string detail)
{
    store::AuditEntry entry;
    entry.tenant = tenant;
    entry.at = clock_.now();
    entry.actor = "hub";
    entry.action = std::move(action);
    entry.object = id.to_string();
    entry.detail = std::move(detail);
    const auto noted = co_await store_.audit(std::move(entry));
    if (!noted) log::warn("audit.failed", noted.error().message, {{"event_id", id.to_string()}});
}

}  // namespace katydid::intake
