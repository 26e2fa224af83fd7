// /v1/events: publish, list, show.
#include "hub/api/input.hpp"
#include "hub/api/json_slice.hpp"
#include "hub/api/output.hpp"
#include "hub/api/route.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

std::optional<Event> read_published(const http::Request& request, const Caller& caller,
                                    http::Response& response)
{
    const auto body = read_object(request, response);
    if (!body) return std::nullopt;
    std::vector<Fault> faults;
    ObjectReader reader{*body, "", faults};
    Event event;
    event.tenant = caller.tenant;
    event.type = reader.text("type", 200).value_or("");
    event.external_id = reader.text("id", 256).value_or("");
    event.subject = reader.text("subject", 256).value_or("");
    event.key = reader.text("key", 256).value_or("");
    event.occurred_at = reader.time("occurred_at").value_or(Timestamp{});
    const auto* data = reader.take("data");
    reader.finish();
    if (!body->contains("type")) reader.fault("type", "is missing: name the event type");
    else if (event.type.find('*') != std::string::npos)
        reader.fault("type", "must not contain \"*\"");
    else if (event.type.starts_with("katydid."))
        reader.fault("type", "\"katydid.*\" is kept for the hub's own events");
    if (data == nullptr) reader.fault("data", "is missing: give the payload");
    if (!faults.empty()) {
        response = faults_response(faults);
        return std::nullopt;
    }
    event.content_type = "application/json";
    event.traceparent = request.header("traceparent");
    const auto bytes = top_level_value(request.body, "data");
    event.payload = std::make_shared<const std::string>(bytes.value_or("null"));
    return event;
}

awaitable<http::Response> publish(const Context& context, const Caller& caller,
                                  http::Request& request)
{
    http::Response response;
    auto event = read_published(request, caller, response);
    if (!event) co_return response;
    const auto external_id = event->external_id;
    auto appended = co_await context.intake.accept(std::move(*event));
    if (!appended) co_return error_response(appended.error());
    if (appended->duplicate && !appended->same_payload)
        co_return http::Response::problem(
            409, "The id \"" + external_id + "\" was published before with other data as "
                     + appended->event.to_string() + ". Use a new id for a new event.");
    const json::object body{{"id", appended->event.to_string()},
                            {"duplicate", appended->duplicate},
                            {"deliveries", appended->deliveries}};
    co_return object_response(202, body);
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request& request)
{
    http::Response response;
    store::EventQuery query;
    query.tenant = caller.tenant;
    query.type = request.query_parameter("type");
    query.source = request.query_parameter("source");
    query.subject = request.query_parameter("subject");
    query.external_id = request.query_parameter("external_id");
    query.ascending = request.query_parameter("order") == "asc";
    const auto limit = read_limit(request, response);
    if (!limit || !read_time(request, "since", query.since, response)
        || !read_time(request, "until", query.until, response)
        || !read_id(request, query.ascending ? "after" : "cursor", query.cursor, response))
        co_return response;
    query.limit = *limit;
    auto rows = co_await context.store.events(std::move(query));
    if (!rows) co_return error_response(rows.error());
    json::array data;
    for (const auto& row : *rows) data.push_back(to_json(row));
    const auto cursor = rows->size() == *limit ? rows->back().event.id.to_string() : "";
    co_return page(std::move(data), cursor);
}

awaitable<result<EventPtr>> find(const Context& context, const Caller& caller,
                                 const http::Request& request)
{
    const auto id = EventId::parse(request.parameter("id"));
    if (!id) co_return Error{errc::not_found, "There is no such event."};
    auto event = co_await context.store.event(caller.tenant, *id);
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
        headers.push_back(json::object{{"name", header.name}, {"value", header.value}});
    object["headers"] = std::move(headers);
    co_return object_response(200, object);
}

awaitable<http::Response> payload(const Context& context, const Caller& caller,
                                  http::Request& request)
{
    const auto event = co_await find(context, caller, request);
    if (!event) co_return error_response(event.error());
    http::Response response;
    response.content_type = (*event)->content_type.empty() ? "application/octet-stream"
                                                           : (*event)->content_type;
    response.body = *(*event)->payload;
    // The bytes are a stranger's: a browser must not run them.
    response.with("X-Content-Type-Options", "nosniff");
    response.with("Content-Disposition", "attachment");
    co_return response;
}

}  // namespace

void add_event_routes(http::Router& router, const Context& context)
{
    add_route(router, context, "POST", "/v1/events", "events:write", publish);
    add_route(router, context, "GET", "/v1/events", "events:read", list);
    add_route(router, context, "GET", "/v1/events/{id}", "events:read", show);
    add_route(router, context, "GET", "/v1/events/{id}/payload", "events:read", payload);
}

}  // namespace katydid::api
