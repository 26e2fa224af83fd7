#include "examples/simulators/grasshopper/api.hpp"

#include "examples/simulators/common/json.hpp"

#include <boost/json.hpp>

namespace katydid::simulators::grasshopper {
namespace {

namespace json = boost::json;
using http::Request;
using http::Response;

constexpr std::string_view events = R"([
 {"id":"evt_1","slug":"midsummer-night-live","name":"Midsummer Night Live",
  "startDate":"2026-06-20T18:00:00Z","status":"published"},
 {"id":"evt_2","slug":"harbour-lights","name":"Harbour Lights",
  "startDate":"2026-07-04T19:30:00Z","status":"published"}
])";

constexpr std::string_view orders = R"([
 {"id":"ord_1","eventId":"evt_1","total":178.00,"currency":"EUR","status":"paid",
  "customer":{"id":"cus_1","name":"Jane Doe","email":"jane.doe@mail.example",
   "phone":"+49 170 5550199"},
  "billingAddress":{"line1":"Elm Street 5","zip":"10115","city":"Berlin"},
  "note":"Jane comes late"},
 {"id":"ord_2","eventId":"evt_2","total":45.50,"currency":"EUR","status":"refunded",
  "customerName":"John Roe","email":"john.roe@mail.example"}
])";

constexpr std::string_view tickets = R"([
 {"id":"tkt_1","orderId":"ord_1","eventId":"evt_1","tier":"seated",
  "holder":{"firstName":"Jane","lastName":"Doe"}},
 {"id":"tkt_2","orderId":"ord_1","eventId":"evt_1","tier":"seated",
  "attendeeName":"Jim Doe","name":"Jim Doe"}
])";

Response show_event(const Request& request)
{
    const auto all = json::parse(json::string_view{events.data(), events.size()});
    for (const auto& event : all.as_array())
        if (text_at(event.as_object(), "slug") == request.parameter("slug"))
            return Response::json(200, json::serialize(event));
    return Response::plain_error(404, "Event not found");
}

}  // namespace

void Api::add_routes(http::Router& router)
{
    const auto constant = [](std::string_view text) {
        return [text](const Request&) { return Response::json(200, std::string{text}); };
    };
    gate_.add(router, "GET", "/api/events", constant(events));
    gate_.add(router, "GET", "/api/events/{slug}", &show_event);
    gate_.add(router, "GET", "/api/orders", constant(orders));
    gate_.add(router, "GET", "/api/tickets", constant(tickets));
    gate_.add(router, "GET", "/api/health", constant(R"({"status":"ok","version":"simulated-1"})"));
    gate_.add_control_routes(router);
}

}  // namespace katydid::simulators::grasshopper
