// POST /v1/events.
#include "hub/api/traffic/publish.hpp"

#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

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
    return input::faults_response(faults);
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
