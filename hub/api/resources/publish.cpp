// POST /v1/events.
#include "hub/api/resources/publish.hpp"

#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr const char* publication_schema = R"json({
  "type": "object",
  "required": ["type", "data"],
  "properties": {
    "type": {"type": "string", "minLength": 1, "maxLength": 200,
             "pattern": "^[A-Za-z0-9._:/-]+$", "examples": ["order.created"]},
    "data": {"description": "The payload. Its bytes are kept and delivered as they stand here."},
    "id": {"type": "string", "minLength": 1, "maxLength": 256,
           "description": "yours: again with the same data it is a duplicate, else a conflict"},
    "subject": {"type": "string", "minLength": 1, "maxLength": 256,
                "description": "whose data this is: erasure goes by it"},
    "key": {"type": "string", "minLength": 1, "maxLength": 256,
            "description": "what it is about, for ordering"},
    "occurred_at": {"type": "string", "format": "date-time"}
  },
  "additionalProperties": false
})json";

constexpr const char* publications_schema = R"json({
  "oneOf": [
    {"$ref": "#/components/schemas/Publication"},
    {"type": "array", "minItems": 1, "maxItems": 1000,
     "items": {"$ref": "#/components/schemas/Publication"}}
  ]
})json";

constexpr const char* cloud_event_schema = R"json({
  "type": "object",
  "description": "CloudEvents 1.0. Further attributes are kept with the event.",
  "required": ["specversion", "id", "source", "type"],
  "properties": {
    "specversion": {"type": "string", "const": "1.0"},
    "id": {"type": "string", "minLength": 1, "maxLength": 1024},
    "source": {"type": "string", "minLength": 1, "maxLength": 1024},
    "type": {"type": "string", "minLength": 1, "maxLength": 200,
             "pattern": "^[A-Za-z0-9._:/-]+$"},
    "time": {"type": "string", "format": "date-time"},
    "subject": {"type": "string", "minLength": 1, "maxLength": 1024},
    "partitionkey": {"type": "string", "minLength": 1, "maxLength": 1024},
    "datacontenttype": {"type": "string", "minLength": 1, "maxLength": 1024},
    "data": {},
    "data_base64": {"type": "string"}
  }
})json";

constexpr const char* accepted_schema = R"json({
  "type": "object",
  "required": ["id", "duplicate", "deliveries"],
  "properties": {
    "id": {"type": "string", "description": "the hub's; of the first arrival for a duplicate"},
    "duplicate": {"type": "boolean"},
    "deliveries": {"type": "integer", "minimum": 0},
    "conflict": {"type": "boolean",
                 "description": "in a list: the id was there with other data, which stayed"}
  },
  "additionalProperties": false
})json";

constexpr const char* answers_schema = R"json({
  "oneOf": [
    {"$ref": "#/components/schemas/Accepted"},
    {"type": "array", "items": {"$ref": "#/components/schemas/Accepted"}}
  ]
})json";

json::object to_json(const store::Appended& appended)
{
    return {{"id", appended.event.to_string()},
            {"duplicate", appended.duplicate},
            {"deliveries", appended.deliveries}};
}

http::Response refused(const Error& error, std::vector<Fault> misfits, const char* below)
{
    if (misfits.empty()) return error_response(error);
    std::vector<Fault> faults;
    for (auto& fault : misfits) {
        // "/3/items/0" of a list is "/3/data/items/0" of what was sent.
        auto& pointer = fault.pointer;
        const auto place = *below == '\0' ? 0 : std::min(pointer.find('/', 1), pointer.size());
        pointer.insert(place, "/data");
        faults.push_back({std::move(pointer), std::move(fault.detail)});
    }
    return faults_response(faults);
}

awaitable<http::Response> publish_one(const Context& context, Event event)
{
    std::vector<Fault> misfits;
    const auto external_id = event.external_id;
    intake::AcceptOptions options;
    options.faults = &misfits;
    const auto appended = co_await context.intake.accept(std::move(event), options);
    if (!appended) co_return refused(appended.error(), std::move(misfits), "");
    if (appended->duplicate && !appended->same_payload)
        co_return http::Response::problem(
            409, "The id \"" + external_id + "\" was published before with other data as "
                     + appended->event.to_string() + ". Use a new id for a new event.");
    co_return object_response(202, to_json(*appended));
}

awaitable<http::Response> publish_many(const Context& context, std::vector<Event> events)
{
    std::vector<Fault> misfits;
    const auto appended = co_await context.intake.accept_all(std::move(events), &misfits);
    if (!appended) co_return refused(appended.error(), std::move(misfits), "list");
    json::array answers;
    for (const auto& each : *appended) {
        auto object = to_json(each);
        if (each.duplicate && !each.same_payload) object["conflict"] = true;
        answers.push_back(std::move(object));
    }
    co_return http::Response::json(202, json::serialize(answers));
}

awaitable<http::Response> publish(const Context& context, const Caller& caller,
                                  http::Request& request)
{
    http::Response response;
    auto published = read_published(request, response);
    if (!published) co_return response;
    const auto key = request.header("idempotency-key");
    for (std::size_t i = 0; i < published->events.size(); ++i) {
        auto& event = published->events[i];
        event.tenant = caller.tenant;
        if (event.external_id.empty() && !key.empty()) event.external_id = event_id_under(key, i);
    }
    if (published->is_many) co_return co_await publish_many(context, std::move(published->events));
    co_return co_await publish_one(context, std::move(published->events.front()));
}

}  // namespace

void add_publish_route(Routes& routes)
{
    auto& document = routes.document();
    document.add_schema("Publication", publication_schema);
    document.add_schema("Publications", publications_schema);
    document.add_schema("CloudEvent", cloud_event_schema);
    document.add_schema("CloudEventBatch",
                        R"({"type":"array","minItems":1,"maxItems":1000,)"
                        R"("items":{"$ref":"#/components/schemas/CloudEvent"}})");
    document.add_schema("Accepted", accepted_schema);
    document.add_schema("AcceptedOneOrMany", answers_schema);
    Operation operation{
        "publishEvents",
        "Publish one event or up to 1,000: all of them are stored, or none",
        {{202, "AcceptedOneOrMany", "durable; a list for a list or lines, in their order"},
         {409, "",
          "the id was published before with other data, or its Idempotency-Key is "
          "in use"}}};
    operation.bodies = {{"application/json", "Publications"},
                        {"application/x-ndjson", "text"},
                        {"application/cloudevents+json", "CloudEvent"},
                        {"application/cloudevents-batch+json", "CloudEventBatch"},
                        {"*/*", "binary"}};  // a CloudEvent whose attributes are in ce-… headers
    routes.add("POST", "/v1/events", "events:write", std::move(operation), publish);
}

}  // namespace katydid::api
