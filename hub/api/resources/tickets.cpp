// POST /v1/tickets: a key for one call of a browser that cannot send a header.
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/api/access/tickets.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

awaitable<http::Response> create_ticket(const Context& context, const Caller& caller,
                                        http::Request&, const json::object& body)
{
    if (!caller.person.empty())
        co_return http::Response::problem(
            403, "A ticket needs an API key: a person's session calls with its cookie.");
    const std::string path{body.at("path").as_string()};
    const auto expires_at = to_rfc3339(context.clock.now() + ticket_lifetime);
    const json::object made{{"ticket", tickets_of(context).make(caller, path)},
                            {"expires_at", expires_at}};
    co_return object_response(201, made);
}

}  // namespace

void add_ticket_routes(Routes& routes)
{
    if (routes.context().vault == nullptr) return;
    Operation operation{"createTicket",
                        "Make a ticket: one call of one path without a header, within 60 seconds",
                        {{201, "Ticket", "made; it may do what this key may"}}};
    operation.bodies = json_body("NewTicket");
    operation.is_repeatable = false;
    routes.add("POST", "/v1/tickets", any_key, std::move(operation), create_ticket);
}

}  // namespace katydid::api
