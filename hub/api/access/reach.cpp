#include "hub/api/access/reach.hpp"

#include "hub/api/protocol/named.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/core/json/parse.hpp"

#include <algorithm>
#include <array>

namespace katydid::api {
namespace {

namespace json = boost::json;

/// Where a call says what it is about.
enum class Subject : std::uint8_t {
    open,          ///< the same for everybody in the tenant, or the route leaves others out
    subscription,  ///< {id} of the path
    change,        ///< the same, and the body may change where its deliveries go, not which
    delivery,      ///< {id} of the path
    event,         ///< {id} of the path
    query,         ///< `subscription` of the query
    body,          ///< `subscription` of the body
    event_body,    ///< both {id} and `subscription` of the body
};

struct ReachRule {
    std::string_view route;
    Subject subject;
};

constexpr ReachRule reach_rules[] = {
    {"GET /v1/subscriptions", Subject::open},
    {"GET /v1/subscriptions/{id}", Subject::subscription},
    {"PATCH /v1/subscriptions/{id}", Subject::change},
    {"POST /v1/subscriptions/{id}/pause", Subject::subscription},
    {"POST /v1/subscriptions/{id}/resume", Subject::subscription},
    {"POST /v1/subscriptions/{id}/test", Subject::subscription},
    {"POST /v1/subscriptions/{id}/replay", Subject::subscription},
    {"POST /v1/subscriptions/{id}/rotate-secret", Subject::subscription},
    {"GET /v1/subscriptions/{id}/secret", Subject::subscription},
    {"GET /v1/deliveries", Subject::query},
    {"GET /v1/deliveries/{id}", Subject::delivery},
    {"GET /v1/deliveries/{id}/attempts", Subject::delivery},
    {"POST /v1/deliveries/{id}/retry", Subject::delivery},
    {"POST /v1/deliveries/{id}/cancel", Subject::delivery},
    {"POST /v1/deliveries/retry", Subject::body},
    {"GET /v1/events/{id}", Subject::event},
    {"GET /v1/events/{id}/payload", Subject::event},
    {"POST /v1/events/{id}/replay", Subject::event_body},
    {"GET /v1/event-types", Subject::open},
    {"GET /v1/event-types/{name}", Subject::open},
    {"GET /v1/feed", Subject::query},
};

/// What a change may name: where deliveries go and how, never which events they are of.
constexpr std::array<std::string_view, 5> changeable{"handler", "limits", "retry", "timeout",
                                                     "status"};
constexpr std::array<std::string_view, 3> changeable_of_handler{"kind", "url", "headers"};

template <class Names>
bool has_only(const json::object& object, const Names& names)
{
    return std::ranges::all_of(object, [&](const auto& member) {
        return std::ranges::find(names, std::string_view{member.key()}) != names.end();
    });
}

bool is_allowed_change(std::string_view body)
{
    const auto value = json_text::parse_or_null(body);
    const auto* object = value.if_object();
    if (object == nullptr) return true;  // the route says what is wrong with it
    if (!has_only(*object, changeable)) return false;
    const auto* handler = object->if_contains("handler");
    if (handler == nullptr || !handler->is_object()) return handler == nullptr;
    const auto* kind = handler->get_object().if_contains("kind");
    return has_only(handler->get_object(), changeable_of_handler)
           && (kind == nullptr || *kind == "endpoint");
}

http::Response not_here(std::string_view noun)
{
    return http::Response::problem(404, "There is no such " + std::string{noun} + ".");
}

http::Response beyond(std::string_view what)
{
    return http::Response::problem(403, "This link is for some subscriptions only: "
                                            + std::string{what});
}

bool reaches_named(const Context& context, const Caller& caller,
                   const std::optional<std::string>& text)
{
    const auto id = text ? subscription_id(context, caller.tenant, *text) : std::nullopt;
    return id && reaches(caller, *id);
}

std::optional<std::string> subscription_of_body(std::string_view body)
{
    const auto value = json_text::parse_or_null(body);
    const auto* object = value.if_object();
    if (object == nullptr || !object->contains("subscription")) return std::nullopt;
    return json_text::text_at(*object, "subscription");
}

awaitable<bool> reaches_delivery(const Context& context, const Caller& caller, std::string id)
{
    const auto parsed = DeliveryId::parse(id);
    if (!parsed) co_return false;
    const auto delivery = co_await context.store.delivery(caller.tenant, *parsed);
    co_return delivery&& reaches(caller, delivery->subscription);
}

/// Whether one of the subscriptions got the event.
awaitable<bool> reaches_event(const Context& context, const Caller& caller, std::string id)
{
    const auto parsed = EventId::parse(id);
    if (!parsed) co_return false;
    for (const auto& subscription : caller.subscriptions) {
        store::DeliveryQuery query;
        query.tenant = caller.tenant;
        query.event = parsed;
        query.subscription = subscription;
        query.limit = 1;
        const auto found = co_await context.store.deliveries(std::move(query));
        if (found && !found->empty()) co_return true;
    }
    co_return false;
}

/// What is in the path, the query and the body, but for what the store has to be asked.
std::optional<http::Response> check_named(const Context& context, const Caller& caller,
                                          const http::Request& request, Subject subject)
{
    if (subject == Subject::subscription || subject == Subject::change) {
        if (!reaches_named(context, caller, std::string{request.parameter("id")}))
            return http::Response::problem(404, "There is no subscription of that id or name.");
        if (subject == Subject::change && !is_allowed_change(request.body))
            return beyond("it may change `limits`, `retry`, `timeout`, `status`, and `url` and "
                          "`headers` of the handler.");
    }
    if (subject == Subject::query
        && !reaches_named(context, caller, request.query_parameter("subscription")))
        return beyond("name one of them as ?subscription=.");
    if ((subject == Subject::body || subject == Subject::event_body)
        && !reaches_named(context, caller, subscription_of_body(request.body)))
        return beyond("name one of them as `subscription`.");
    return std::nullopt;
}

}  // namespace

bool reaches(const Caller& caller, SubscriptionId id)
{
    const auto& open = caller.subscriptions;
    return open.empty() || std::ranges::find(open, id) != open.end();
}

awaitable<std::optional<http::Response>> check_reach(const Context& context, const Caller& caller,
                                                     const http::Request& request,
                                                     std::string_view route)
{
    if (caller.subscriptions.empty()) co_return std::nullopt;
    const auto* const rule = std::ranges::find(reach_rules, route, &ReachRule::route);
    if (rule == std::end(reach_rules)) co_return beyond("this is not part of them.");
    if (auto refusal = check_named(context, caller, request, rule->subject)) co_return refusal;
    std::string id{request.parameter("id")};
    if (rule->subject == Subject::delivery) {
        const bool is_open = co_await reaches_delivery(context, caller, std::move(id));
        if (!is_open) co_return not_here("delivery");
    } else if (rule->subject == Subject::event || rule->subject == Subject::event_body) {
        const bool is_open = co_await reaches_event(context, caller, std::move(id));
        if (!is_open) co_return not_here("event");
    }
    co_return std::nullopt;
}

}  // namespace katydid::api
