// GET /v1/feed: what happens, while it happens.
#include "hub/api/live/carrier.hpp"
#include "hub/api/live/feed_session.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/named.hpp"

namespace katydid::api {
namespace {

constexpr std::size_t list_max = 50;

/// The items of a comma-separated query parameter. False: `response` says what is wrong.
bool read_list(const http::Request& request, std::string_view name, std::vector<std::string>& list,
               http::Response& response)
{
    const auto text = request.query_parameter(name);
    if (!text) return true;
    for (std::size_t at = 0; at <= text->size();) {
        const auto end = std::min(text->find(',', at), text->size());
        list.push_back(text->substr(at, end - at));
        at = end + 1;
    }
    const bool has_blank = std::ranges::any_of(list, &std::string::empty);
    if (!has_blank && list.size() <= list_max) return true;
    response = parameter_fault(name, "must be 1 to 50 items with commas between them");
    return false;
}

bool read_types(const http::Request& request, FeedQuery& query, http::Response& response)
{
    if (!read_list(request, "types", query.types, response)) return false;
    for (const auto& each : query.types) {
        auto fault = registry::pattern_fault(each);
        if (fault.empty()) continue;
        response = parameter_fault("types", std::move(fault));
        return false;
    }
    return true;
}

bool read_include(const http::Request& request, FeedQuery& query, http::Response& response)
{
    std::vector<std::string> include;
    if (!read_list(request, "include", include, response)) return false;
    for (const auto& each : include) {
        query.deliveries = query.deliveries || each == "deliveries";
        query.attempts = query.attempts || each == "attempts";
        if (each == "deliveries" || each == "attempts") continue;
        response = parameter_fault("include", "takes \"deliveries\" and \"attempts\"");
        return false;
    }
    return true;
}

bool read_subscription(const Context& context, const http::Request& request, FeedQuery& query,
                       http::Response& response)
{
    const auto text = request.query_parameter("subscription");
    if (!text) return true;
    query.subscription = registry::named_subscription(context.tables, query.tenant, *text);
    if (!query.subscription) response = parameter_fault("subscription", unnamed("subscription"));
    return query.subscription != nullptr;
}

/// Where a browser's EventSource stopped, else `after`: it connects again by the address that it
/// was given at first.
bool read_after(const http::Request& request, FeedQuery& query, http::Response& response)
{
    if (!read_id(request, "after", query.after, response)) return false;
    const auto last = request.header("last-event-id");
    if (last.empty()) return true;
    query.after = EventId::parse(last);
    if (!query.after)
        response = http::Response::problem(400, "Last-Event-ID is not the id of an event.");
    return query.after.has_value();
}

std::optional<FeedQuery> read_query(const Context& context, const Caller& caller,
                                    const http::Request& request, http::Response& response)
{
    FeedQuery query;
    query.tenant = caller.tenant;
    const bool is_good = read_types(request, query, response)
                         && read_list(request, "sources", query.sources, response)
                         && read_include(request, query, response)
                         && read_subscription(context, request, query, response)
                         && read_after(request, query, response);
    if (!is_good) return std::nullopt;
    query.events = caller.subscriptions.empty();
    query.deliveries = query.deliveries || !query.events;
    return query;
}

awaitable<http::Response> feed(const Context& context, const Caller& caller, http::Request& request)
{
    http::Response response;
    auto query = read_query(context, caller, request, response);
    if (!query) co_return response;
    if (auto refusal = refuse_carrier(request, feed_protocol)) co_return std::move(*refusal);
    if (context.live_sessions == nullptr || context.audience == nullptr || context.feed == nullptr)
        co_return http::Response::problem(503, "This hub has no feed.");
    auto& sessions = *context.live_sessions;
    const auto executor = sessions.parts().executor;
    auto mailbox = std::make_shared<stream::Mailbox>(executor);
    auto place = sessions.admit(visitor_of(context, caller, request), mailbox, response);
    if (!place) co_return response;
    FeedSession::Parts parts{context.store, *context.audience, *context.feed, std::move(mailbox),
                             std::move(place)};
    auto session = std::make_unique<FeedSession>(std::move(parts), std::move(*query));
    const auto begun = co_await session->begin();
    if (begun.has_error()) co_return error_response(begun.error());
    co_return carry(request, feed_protocol, std::move(session), sessions);
}

}  // namespace

void add_feed_routes(Routes& routes)
{
    Operation operation{
        "readFeed",
        "Watch what happens: with a WebSocket (katydid.feed.v1), or with Accept: text/event-stream",
        {{101, "", "a WebSocket with the subprotocol katydid.feed.v1"},
         {200, "bytes", "Server-Sent Events"},
         {426, "", "neither a WebSocket nor text/event-stream was asked for"}},
        {text_parameter("types", "only these, with commas between: exact, or \"prefix.*\""),
         text_parameter("sources", "only from these, with commas between"),
         text_parameter("subscription", "only what concerns this one: its id or name"),
         text_parameter("include", "\"deliveries\", \"attempts\" or both, with a comma between"),
         text_parameter("after", "an event's id: those after it first, else from now on")}};
    operation.takes_ticket = true;
    routes.add("GET", "/v1/feed", "events:read", std::move(operation), feed);
}

}  // namespace katydid::api
