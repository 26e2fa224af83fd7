// GET /v1/events: list, follow, show.
#include "hub/input/schemas.hpp"
#include "hub/api/protocol/named.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/api/traffic/publish.hpp"
#include "hub/http/server/sandbox.hpp"
#include "hub/intake/commit_notifier.hpp"

#include <algorithm>

namespace katydid::api {
namespace events {
namespace {

namespace json = boost::json;

constexpr milliseconds wait_max{30'000};

/// An event with the headers it came with.
json::value event_with_headers_schema()
{
    auto schema = input::schemas().at("Event").as_object();
    schema["required"].as_array().emplace_back("headers");
    schema["properties"].as_object()["headers"]
        = input::schemas().at("Rejected").at("properties").at("headers");
    return schema;
}

/// Events carry their source's name, also when it is gone: an id is looked up, any other text is
/// the name.
std::optional<std::string> source_name(const Context& context, const Caller& caller,
                                       const http::Request& request)
{
    auto text = request.query_parameter("source");
    if (!text || !SourceId::parse(*text)) return text;
    const auto found = registry::named_source(context.tables, caller.tenant, *text);
    return found ? std::optional{found->source.name} : text;
}

/// The query of a list, or nullopt with the response that refuses it.
std::optional<store::EventQuery> read_query(const Context& context, const Caller& caller,
                                            const http::Request& request, http::Response& response)
{
    store::EventQuery query;
    query.tenant = caller.tenant;
    query.type = request.query_parameter("type");
    query.source = source_name(context, caller, request);
    query.subject = request.query_parameter("subject");
    query.external_id = request.query_parameter("external_id");
    const auto ascending = read_order(request, response);
    if (!ascending) return std::nullopt;
    query.ascending = *ascending;
    const auto limit = read_limit(request, response);
    std::optional<EventId> after;
    if (!limit || !read_time(request, "since", query.since, response)
        || !read_time(request, "until", query.until, response)
        || !read_id(request, "cursor", query.cursor, response)
        || !read_id(request, "after", after, response))
        return std::nullopt;
    query.limit = *limit;
    if (after && (!query.ascending || query.cursor)) {
        response = parameter_fault("after", "goes with order=asc, instead of `cursor`");
        return std::nullopt;
    }
    if (after) query.cursor = after;
    return query;
}

/// `wait` of a follower. nullopt: `response` says what is wrong.
std::optional<milliseconds> read_wait(const http::Request& request, bool ascending,
                                      http::Response& response)
{
    const auto text = request.query_parameter("wait");
    if (!text) return milliseconds{0};
    const auto wait = parse_duration(*text);
    if (wait && *wait <= wait_max && ascending) return wait;
    response = parameter_fault("wait", ascending ? "must be a duration from \"0s\" to \"30s\""
                                                 : "goes with order=asc");
    return std::nullopt;
}

http::Response to_page(const store::EventQuery& query, const std::vector<store::EventRow>& rows)
{
    json::array data;
    store::PageBytes bytes;
    bool is_full = rows.size() == query.limit;
    for (const auto& row : rows) {
        data.push_back(to_json(row));
        is_full = bytes.add(row) || is_full;
    }
    if (is_full || (query.ascending && !rows.empty()))
        return page(std::move(data), rows.back().event.id.to_string());
    // Who follows asks again with the same cursor.
    return page(std::move(data), query.ascending && query.cursor ? query.cursor->to_string() : "");
}

/// Looks, and when there is nothing yet waits for the tenant's next event and looks again.
awaitable<http::Response> follow(const Context& context, store::EventQuery query, milliseconds wait)
{
    query.by_commit = true;
    const auto executor = co_await asio::this_coro::executor;
    const auto until = context.clock.steady_now() + wait;
    intake::CommitNotifier::Waiter waiter{*context.intake.notifier(), query.tenant, executor};
    if (!waiter.is_admitted()) {
        auto busy = http::Response::problem(
            429, "Too many callers follow events at the moment: try again without `wait`.");
        busy.with("Retry-After", "5");
        co_return busy;
    }
    while (true) {
        auto rows = co_await context.store.events(query);
        if (!rows) co_return error_response(rows.error());
        if (!rows->empty() || context.clock.steady_now() >= until) co_return to_page(query, *rows);
        co_await waiter.wait(until);
    }
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request& request)
{
    http::Response response;
    auto query = read_query(context, caller, request, response);
    if (!query) co_return response;
    const auto wait = read_wait(request, query->ascending, response);
    if (!wait) co_return response;
    if (wait->count() > 0 && context.intake.notifier() != nullptr)
        co_return co_await follow(context, std::move(*query), *wait);
    const auto rows = co_await context.store.events(*query);
    if (!rows) co_return error_response(rows.error());
    co_return to_page(*query, *rows);
}

awaitable<result<EventPtr>> find(const Context& context, const Caller& caller,
                                 const http::Request& request)
{
    const auto id = EventId::parse(request.parameter("id"));
    if (!id) co_return Error{errc::not_found, "There is no such event."};
    auto event = co_await context.store.event(caller.tenant, *id);
    if (!event && event.error() == errc::not_found)
        co_return Error{errc::not_found, "There is no such event."};
    co_return event;
}

awaitable<http::Response> show(const Context& context, const Caller& caller, http::Request& request)
{
    const auto event = co_await find(context, caller, request);
    if (!event) co_return error_response(event.error());
    store::EventRow row{**event, (*event)->payload->size()};
    auto object = to_json(row);
    json::array headers;
    for (const auto& header : (*event)->headers)
        headers.push_back(
            json::object{{"name", safe_text(header.name)}, {"value", safe_text(header.value)}});
    object["headers"] = std::move(headers);
    co_return object_response(200, object);
}

awaitable<http::Response> payload(const Context& context, const Caller& caller,
                                  http::Request& request)
{
    const auto event = co_await find(context, caller, request);
    if (!event) co_return error_response(event.error());
    http::Response response;
    const auto& type = (*event)->content_type;
    const bool is_type = !type.empty() && is_header_safe("content-type", type);
    response.content_type = is_type ? type : "application/octet-stream";
    response.body = *(*event)->payload;
    response.with("Content-Disposition", "attachment");
    co_return http::sandboxed(std::move(response));  // the bytes are a stranger's
}

Operation list_operation()
{
    return {
        "listEvents",
        "Find events, or follow them: order=asc with wait answers as soon as there is one",
        {{200, "EventPage", "a page; in ascending order `cursor` is what to pass as `after` next"}},
        {text_parameter("type", "exact, or \"prefix.*\""),
         text_parameter("source", "a source, by id or name; also one that is gone"),
         text_parameter("subject", "whose data"), text_parameter("external_id", "the sender's id"),
         since_parameter("received then"), until_parameter("received"), order_parameter(),
         limit_parameter(), cursor_parameter(),
         text_parameter("after", "an event's id: those after it, with order=asc"),
         text_parameter("wait", "how long to wait for the next event, at most \"30s\"")}};
}

}  // namespace
}  // namespace events

void add_event_routes(Routes& routes)
{
    using namespace events;
    routes.document().add_schema("EventWithHeaders", event_with_headers_schema());
    add_publish_route(routes);
    routes.add("GET", "/v1/events", "events:read", list_operation(), list);
    routes.add("GET", "/v1/events/{id}", "events:read",
               {"getEvent",
                "One event with the headers it came with",
                {{200, "EventWithHeaders", "the event"}}},
               show);
    Operation download{"getEventPayload",
                       "The bytes of an event as they came",
                       {{200, "bytes", "the payload in its own media type"}}};
    download.takes_ticket = true;  // a link in a page
    routes.add("GET", "/v1/events/{id}/payload", "events:read", std::move(download), payload);
}

}  // namespace katydid::api
