#include "examples/simulators/atlvs/api.hpp"

#include "examples/simulators/common/json.hpp"

#include <boost/json.hpp>

namespace katydid::simulators::atlvs {
namespace {

namespace json = boost::json;
using http::Request;
using http::Response;

/// One of each kind, and a person with what nobody else needs to know.
constexpr std::string_view resources = R"([
 {"id":"res_1","type":"staff","name":"Loading crew B","availability":true,
  "metadata":{"skills":["rigging"],"email":"lena.brandt@atlvs.example","phone":"+49 30 5550101"}},
 {"id":"res_42","type":"equipment","name":"Line array L","availability":true,
  "metadata":{"serial":"K2-004417"}},
 {"id":"res_7","type":"venue","name":"Harbour stage","availability":false,
  "metadata":{"capacity":4200.50}}
])";

Response ok(const json::object& body, unsigned status = 200)
{
    return Response::json(status, json::serialize(body));
}

std::string id_text(const json::object& body, std::string_view name)
{
    const auto* value = body.if_contains(name);
    if (value == nullptr) return {};
    return value->is_string() ? std::string{std::string_view{value->get_string()}}
                              : json::serialize(*value);
}

}  // namespace

std::string Api::next_id(const char* prefix) { return prefix + std::to_string(++last_id_); }

void Api::add_routes(http::Router& router)
{
    const auto write = [this](std::string_view call, Response (Api::*make)(const Body&)) {
        return [this, call, make](const Request& request) {
            return ledger_.write(request, call,
                                 [&](const Body& body) { return (this->*make)(body); });
        };
    };
    gate_.add(router, "POST", "/api/production/events", write("event", &Api::create_event));
    gate_.add(router, "POST", "/api/business/sales", write("sale", &Api::record_sale));
    gate_.add(router, "POST", "/api/production/artists", write("artist", &Api::create_artist));
    gate_.add(router, "POST", "/api/production/resources/{id}/bookings",
              [this](const Request& request) {
                  return ledger_.write(request, "booking", [&](const Body& body) {
                      return book(std::string{request.parameter("id")}, body);
                  });
              });
    gate_.add(router, "GET", "/api/production/events/{id}",
              [this](const Request& request) { return show_event(request); });
    gate_.add(router, "GET", "/api/production/resources",
              [](const Request&) { return Response::json(200, std::string{resources}); });
    gate_.add(router, "GET", "/api/intelligence/analytics",
              [this](const Request& request) { return analytics(request); });
    gate_.add(router, "GET", "/api/health", [this](const Request&) { return health(); });
    gate_.add_control_routes(router);
    router.add({"GET", "/_sim/writes", [this](http::Request&) -> awaitable<Response> {
                    co_return ok(ledger_.to_json());
                }});
}

Response Api::create_event(const Body& body)
{
    if (text_at(body, "name") == "Forbidden")
        return Response::plain_error(422, "This name is not allowed");
    const auto grasshopper_id = id_text(body, "grasshopperId");
    auto& id = productions_[grasshopper_id];
    if (id.empty()) id = next_id("prd_");
    auto event = body;
    event["id"] = id;
    event["manager"] = {{"name", "Lena Brandt"}, {"email", "lena.brandt@atlvs.example"}};
    events_[id] = event;
    note_sync();
    return ok(event, 201);
}

Response Api::record_sale(const Body& body)
{
    const auto event = id_text(body, "eventId");
    if (const auto* sold = body.if_contains("ticketsSold"); sold != nullptr && sold->is_int64())
        tickets_sold_[event] += sold->get_int64();
    auto sale = body;
    sale["id"] = next_id("sal_");
    note_sync();
    return ok(sale, 201);
}

Response Api::create_artist(const Body& body)
{
    auto artist = body;
    artist["id"] = next_id("art_");
    artist["contactInfo"] = {{"email", "booking@agency.example"}};
    note_sync();
    return ok(artist, 201);
}

Response Api::book(const std::string& resource, const Body& body)
{
    const std::string from{text_at(body, "from")};
    const std::string to{text_at(body, "to")};
    for (const auto& taken : bookings_)
        if (taken.resource == resource && from < taken.to && taken.from < to)
            return Response::plain_error(409, "The resource is taken");
    bookings_.push_back({resource, from, to});
    auto booking = body;
    booking["id"] = next_id("bok_");
    booking["resourceId"] = resource;
    note_sync();
    return ok(booking, 201);
}

Response Api::show_event(const Request& request) const
{
    std::string id{request.parameter("id")};
    if (const auto known = productions_.find(id); known != productions_.end()) id = known->second;
    const auto found = events_.find(id);
    if (found == events_.end()) return Response::plain_error(404, "Event not found");
    return ok(found->second);
}

Response Api::analytics(const Request& request) const
{
    const auto event = request.query_parameter("eventId").value_or("");
    const auto sold = tickets_sold_.find(event);
    return ok({{"eventId", event},
               {"ticketSales", {{"total", sold == tickets_sold_.end() ? 0 : sold->second}}},
               {"resourceUtilisation", 0.75},
               {"budget", {{"planned", 40'000}, {"actual", 38'250}}},
               {"attendancePrediction", 3'100}});
}

Response Api::health() const
{
    json::object body{{"status", "ok"}, {"version", "simulated-1"}};
    if (last_sync_ != Timestamp{}) body["lastSync"] = to_rfc3339(last_sync_);
    return ok(body);
}

}  // namespace katydid::simulators::atlvs
