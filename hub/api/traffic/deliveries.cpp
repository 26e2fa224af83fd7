// /v1/deliveries: list, show, attempts.
#include "hub/api/protocol/named.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/core/text/text.hpp"

#include <charconv>

namespace katydid::api {
namespace deliveries {
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
            response = parameter_fault("state", "must be pending, scheduled, delivered, dead or "
                                                "cancelled, or several of them with commas");
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
    const bool is_status = error == std::errc{} && end == text->data() + text->size();
    if (!is_status || value < 100 || value > 999) {
        response = parameter_fault("status", "must be an HTTP status such as 503");
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
        || !read_subscription(context, caller, request, query.subscription, response)
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
    if (!delivery && delivery.error() == errc::not_found)
        co_return http::Response::problem(404, "There is no such delivery.");
    if (!delivery) co_return error_response(delivery.error());
    co_return object_response(200, to_json(*delivery));
}

awaitable<http::Response> attempts(const Context& context, const Caller& caller,
                                   http::Request& request)
{
    http::Response response;
    std::optional<AttemptId> cursor;
    const auto limit = read_limit(request, response);
    if (!limit || !read_id(request, "cursor", cursor, response)) co_return response;
    const auto id = DeliveryId::parse(request.parameter("id"));
    if (!id) co_return http::Response::problem(404, "There is no such delivery.");
    const auto rows = co_await context.store.attempts(caller.tenant, *id);
    if (!rows && rows.error() == errc::not_found)
        co_return http::Response::problem(404, "There is no such delivery.");
    if (!rows) co_return error_response(rows.error());
    json::array data;
    std::string next;
    for (const auto& row : *rows) {
        if (cursor && row.id <= *cursor) continue;
        if (data.size() == *limit) co_return page(std::move(data), next);
        data.push_back(to_json(row));
        next = row.id.to_string();
    }
    co_return page(std::move(data), "");
}

}  // namespace
}  // namespace deliveries

void add_delivery_routes(Routes& routes)
{
    using namespace deliveries;
    routes.add("GET", "/v1/deliveries", "events:read",
               {"listDeliveries",
                "Find deliveries: state=pending,scheduled is all that is undelivered",
                {{200, "DeliveryPage", "a page, newest first"}},
                {text_parameter("state", "states, separated by commas"),
                 named_parameter("subscription"),
                 text_parameter("event", "an event's id"),
                 {"status", R"({"type":"integer","minimum":100,"maximum":999})",
                  "HTTP status of the last attempt"},
                 since_parameter("made then"),
                 until_parameter("made"),
                 limit_parameter(),
                 cursor_parameter()}},
               list);
    routes.add("GET", "/v1/deliveries/{id}", "events:read",
               {"getDelivery", "One delivery", {{200, "Delivery", "the delivery"}}}, show);
    routes.add("GET", "/v1/deliveries/{id}/attempts", "events:read",
               {"listAttempts",
                "What was tried",
                {{200, "AttemptPage", "a page, oldest first"}},
                {limit_parameter(), cursor_parameter()}},
               attempts);
}

}  // namespace katydid::api
