// POST /v1/filters/test: which of the recorded events a subscription would get.
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/request_check.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/input/subscription_input.hpp"
#include "hub/registry/subscription_matcher.hpp"

#include <algorithm>

namespace katydid::api {
namespace filters {
namespace {

namespace json = boost::json;

constexpr std::uint32_t looked_at_default = 50;
/// What the filter may cost for all events together, in units of a WorkBudget: tens of
/// milliseconds.
constexpr std::uint64_t work_max = 2'000'000;

/// A subscription of which only this matters: what it wants.
Subscription read_wanted(const json::object& body, std::vector<Fault>& faults)
{
    json::object asked;
    for (const auto* name : {"event_types", "sources", "filter"})
        if (const auto* value = body.if_contains(name)) asked[name] = *value;
    Subscription base;
    base.event_types = {"*"};
    return input::with_changes(asked, base, faults);
}

/// Tells why an event is not wanted, too: the same questions as the matcher's, one by one.
class Judge {
public:
    explicit Judge(Subscription wanted)
        : wanted_{std::make_shared<const Subscription>(std::move(wanted))}
    {
        matcher_.put(wanted_);
    }

    [[nodiscard]] std::string_view verdict_on(const Event& event)
    {
        filter::Document document{event};
        const auto match = matcher_.match(event, document, work_);
        if (!match.recipients.empty()) return "wanted";
        if (!match.undecided.empty()) return "undecided";
        const auto& types = wanted_->event_types;
        const bool is_type = std::ranges::any_of(types, [&](const std::string& pattern) {
            return registry::covers(pattern, event.type);
        });
        if (!is_type) return "other_type";
        const auto& sources = wanted_->sources;
        const bool is_source = sources.empty()
                               || std::ranges::find(sources, event.source) != sources.end();
        return is_source ? "filtered" : "other_source";
    }

private:
    SubscriptionPtr wanted_;
    registry::SubscriptionMatcher matcher_;
    WorkBudget work_{work_max};
};

/// The events to look at, newest first: the one that is named, or the latest.
awaitable<result<std::vector<EventId>>> choose_events(const Context& context, TenantId tenant,
                                                      const json::object& body)
{
    if (const auto* one = body.if_contains("event")) {
        const auto id = EventId::parse(std::string_view{one->as_string()});
        if (!id) co_return Error{errc::not_found, "There is no such event."};
        co_return std::vector<EventId>{*id};
    }
    store::EventQuery query;
    query.tenant = tenant;
    const auto* latest = body.if_contains("latest");
    query.limit = latest != nullptr ? latest->to_number<std::uint32_t>() : looked_at_default;
    const auto rows = co_await context.store.events(std::move(query));
    if (!rows) co_return rows.error();
    std::vector<EventId> ids;
    for (const auto& row : *rows) ids.push_back(row.event.id);
    co_return ids;
}

json::object to_json(const Event& event, std::string_view verdict)
{
    return {{"event", event.id.to_string()},
            {"type", event.type},
            {"source", event.source},
            {"received_at", to_rfc3339(event.received_at)},
            {"verdict", verdict}};
}

awaitable<http::Response> test(const Context& context, const Caller& caller, http::Request&,
                               const json::object& body)
{
    std::vector<Fault> faults;
    auto asked = read_wanted(body, faults);
    if (!faults.empty()) co_return input::faults_response(faults);
    Judge judge{std::move(asked)};
    const auto ids = co_await choose_events(context, caller.tenant, body);
    if (!ids) co_return error_response(ids.error());
    json::array rows;
    std::size_t wanted = 0;
    for (const auto id : *ids) {
        const auto event = co_await context.store.event(caller.tenant, id);
        if (!event && body.contains("event")) co_return error_response(event.error());
        if (!event) continue;  // it was removed meanwhile
        const auto verdict = judge.verdict_on(**event);
        if (verdict == "wanted") ++wanted;
        rows.push_back(to_json(**event, verdict));
    }
    json::object answer{{"wanted", wanted}};
    answer["data"] = std::move(rows);
    co_return object_response(200, answer);
}

void check(const Context&, const Caller&, const http::Request&, const json::object& body,
           std::vector<Fault>& faults)
{
    static_cast<void>(read_wanted(body, faults));
}

}  // namespace
}  // namespace filters

void add_filter_routes(Routes& routes)
{
    using namespace filters;
    Operation operation{"testFilter",
                        "Try what a subscription would want on recorded events",
                        {{200, "FilterTest", "what it would get, and why not the others"}}};
    operation.bodies = json_body("NewFilterTest");
    operation.is_repeatable = false;
    routes.add("POST", "/v1/filters/test", "events:read", std::move(operation), test, check);
}

}  // namespace katydid::api
