// /v1/deliveries: list, show, attempts.
#include "hub/api/output.hpp"
#include "hub/api/route.hpp"
#include "hub/core/text.hpp"

#include <charconv>

namespace katydid::api {
namespace {

namespace json = boost::json;

bool read_states(const http::Request& request, std::vector<DeliveryState>& states,
                 http::Response& response)
{
    const auto text = request.query_parameter("state");
    if (!text) return true;
    for (const auto& part : split_list(*text)) {
        const auto state = parse_delivery_state(part);
        if (!state) {
            response = http::Response::problem(
                422, "`state` must be pending, scheduled, delivered, dead or cancelled, or several "
                     "of them separated by commas.");
            return false;
        }
        states.push_back(*state);
    }
    return true;
}

bool read_status(const http::Request& request, std::optional<unsigned>& status,
                 http::Response& response)
{
    const auto text = request.query_parameter("status");
    if (!text) return true;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc{} || end != text->data() + text->size() || value > 999) {
        response = http::Response::problem(422, "`status` must be an HTTP status such as 503.");
        return false;
    }
    status = value;
    return true;
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request& request)
{
    http::Response response;
    store::DeliveryQuery query;
    query.tenant = caller.tenant;
    const auto limit = read_limit(request, response);
    if (!limit || !read_states(request, query.states, response)
        || !read_status(request, query.status, response)
        || !read_id(request, "subscription", query.subscription, response)
        || !read_id(request, "event", query.event, response)
        || !read_id(request, "cursor", query.cursor, response)
        || !read_time(request, "since", query.since, response)
        || !read_time(request, "until", query.until, response))
        co_return response;
    query.limit = *limit;
    auto rows = co_await context.store.deliveries(std::move(query));
    if (!rows) co_return error_response(rows.error());
    json::array data;
    for (const auto& row : *rows) data.push_back(to_json(row));
    const auto cursor = rows->size() == *limit ? rows->back().id.to_string() : "";
    co_return page(std::move(data), cursor);
}

awaitable<http::Response> show(const Context& context, const Caller& caller, http::Request& request)
{
    const auto id = DeliveryId::parse(request.parameter("id"));
    if (!id) co_return http::Response::problem(404, "There is no such delivery.");
    const auto delivery = co_await context.store.delivery(caller.tenant, *id);
    if (!delivery) co_return error_response(delivery.error());
    co_return object_response(200, to_json(*delivery));
}

awaitable<http::Response> attempts(const Context& context, const Caller& caller,
                                   http::Request& request)
{
    const auto id = DeliveryId::parse(request.parameter("id"));
    if (!id) co_return http::Response::problem(404, "There is no such delivery.");
    const auto rows = co_await context.store.attempts(caller.tenant, *id);
    if (!rows) co_return error_response(rows.error());
    json::array data;
    for (const auto& row : *rows) data.push_back(to_json(row));
    co_return page(std::move(data), "");
}

}  // namespace

void add_delivery_routes(http::Router& router, const Context& context)
{
    add_route(router, context, "GET", "/v1/deliveries", "events:read", list);
    add_route(router, context, "GET", "/v1/deliveries/{id}", "events:read", show);
    add_route(router, context, "GET", "/v1/deliveries/{id}/attempts", "events:read", attempts);
}

}  // namespace katydid::api
