// /v1/replay-jobs: everything that matches, again.
#include "hub/api/input/body.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/jobs/replay_jobs.hpp"

#include <cmath>

namespace katydid::api {
namespace {

namespace json = boost::json;

using Wish = jobs::ReplayJobs::Wish;

constexpr const char* job_schema = R"json({
  "type": "object",
  "description": "Deliveries that are made due again, and how far that is.",
  "required": ["id", "status", "states", "done", "skipped", "progress", "created_at",
               "updated_at"],
  "properties": {
    "id": {"type": "string"},
    "status": {"type": "string",
               "enum": ["waiting", "running", "paused", "cancelled", "completed"]},
    "states": {"type": "array", "items": {"type": "string"}},
    "done": {"type": "integer", "minimum": 0},
    "skipped": {"type": "integer", "minimum": 0,
                "description": "that were waiting or in flight by themselves"},
    "progress": {"type": "number", "minimum": 0, "maximum": 1,
                 "description": "by the times of the deliveries it goes through"},
    "created_at": {"type": "string", "format": "date-time"},
    "updated_at": {"type": "string", "format": "date-time"},
    "subscription": {"type": "string"},
    "event": {"type": "string"},
    "since": {"type": "string", "format": "date-time"},
    "until": {"type": "string", "format": "date-time"},
    "answer": {"type": "integer", "description": "the HTTP status that the last attempt got"},
    "error": {"type": "string", "description": "why the last step failed"}
  },
  "additionalProperties": false
})json";

constexpr const char* retry_schema = R"json({
  "type": "object",
  "minProperties": 1,
  "properties": {
    "states": {"type": "array", "minItems": 1, "maxItems": 200, "items": {"type": "string",
      "enum": ["dead", "cancelled", "delivered", "scheduled"]}, "default": ["dead"]},
    "subscription": {"type": "string", "minLength": 1, "maxLength": 64},
    "event": {"type": "string", "minLength": 1, "maxLength": 64},
    "status": {"type": "integer", "minimum": 100, "maximum": 599},
    "since": {"type": "string", "format": "date-time"},
    "until": {"type": "string", "format": "date-time"}
  },
  "additionalProperties": false
})json";

constexpr const char* subscription_replay_schema = R"json({
  "type": "object",
  "properties": {
    "states": {"type": "array", "minItems": 1, "maxItems": 200, "items": {"type": "string",
      "enum": ["dead", "cancelled", "delivered", "scheduled"]}, "default": ["dead"]},
    "since": {"type": "string", "format": "date-time"},
    "until": {"type": "string", "format": "date-time"}
  },
  "additionalProperties": false
})json";

json::object to_json(const jobs::ReplayJob& job)
{
    const auto& query = job.query;
    json::array states;
    for (const auto state : query.states) states.emplace_back(katydid::to_text(state));
    json::object object{{"id", job.id.to_string()},
                        {"status", jobs::to_text(job.status)},
                        {"states", std::move(states)},
                        {"done", job.done},
                        {"skipped", job.skipped},
                        {"progress", std::round(jobs::progress(job) * 1000) / 1000},
                        {"created_at", to_rfc3339(job.created_at)},
                        {"updated_at", to_rfc3339(job.updated_at)}};
    if (query.subscription) object["subscription"] = query.subscription->to_string();
    if (query.event) object["event"] = query.event->to_string();
    if (query.since) object["since"] = to_rfc3339(*query.since);
    if (query.until) object["until"] = to_rfc3339(*query.until);
    if (query.status) object["answer"] = *query.status;
    if (!job.error.empty()) object["error"] = job.error;
    return object;
}

void read_states(ObjectReader& reader, std::vector<DeliveryState>& states)
{
    states = {DeliveryState::dead};
    const auto words = reader.texts("states");
    if (!words) return;
    states.clear();
    for (const auto& word : *words) {
        const auto state = parse_delivery_state(word);
        if (!state || *state == DeliveryState::pending)
            reader.fault("states", "may name \"dead\", \"cancelled\", \"delivered\" and "
                                   "\"scheduled\"");
        else states.push_back(*state);
    }
    if (words->empty()) reader.fault("states", "name at least one state, or leave it out");
}

awaitable<http::Response> start(const Context& context, const Caller& caller, jobs::ReplayJob job)
{
    job.tenant = caller.tenant;
    const auto created = co_await context.replay_jobs->create(std::move(job));
    if (!created) {
        auto response = error_response(created.error());
        if (created.error() == errc::over_limit)
            response = http::Response::problem(429, created.error().message);
        co_return response;
    }
    co_await audit_change(context, caller, "replay.started", created->id.to_string());
    auto response = object_response(202, to_json(*created));
    response.with("Location", "/v1/replay-jobs/" + created->id.to_string());
    co_return response;
}

awaitable<http::Response> replay_subscription(const Context& context, const Caller& caller,
                                              http::Request& request)
{
    http::Response response;
    const auto id = SubscriptionId::parse(request.parameter("id"));
    const auto subscription = id ? context.tables.subscription(*id) : nullptr;
    if (!subscription || subscription->tenant != caller.tenant)
        co_return http::Response::problem(404, "There is no such subscription.");
    const auto body = read_optional_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    ObjectReader reader{*body, "", faults};
    jobs::ReplayJob job;
    job.query.subscription = id;
    job.query.since = reader.time("since");
    job.query.until = reader.time("until");
    read_states(reader, job.query.states);
    reader.finish();
    if (!faults.empty()) co_return faults_response(faults);
    auto started = start(context, caller, std::move(job));
    co_return co_await std::move(started);
}

awaitable<http::Response> retry_many(const Context& context, const Caller& caller,
                                     http::Request& request)
{
    http::Response response;
    const auto body = read_optional_object(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    ObjectReader reader{*body, "", faults};
    jobs::ReplayJob job;
    auto& query = job.query;
    read_id(reader, "subscription", query.subscription);
    read_id(reader, "event", query.event);
    query.since = reader.time("since");
    query.until = reader.time("until");
    if (const auto status = reader.number("status", 100, 599))
        query.status = static_cast<unsigned>(*status);
    read_states(reader, query.states);
    if (body->empty())
        reader.fault("states", "name what to try again: states, subscription, event, status, since "
                               "or until");
    reader.finish();
    if (!faults.empty()) co_return faults_response(faults);
    auto started = start(context, caller, std::move(job));
    co_return co_await std::move(started);
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request&)
{
    const auto all = co_await context.replay_jobs->list(caller.tenant);
    if (!all) co_return error_response(all.error());
    json::array data;
    for (const auto& job : *all) data.push_back(to_json(job));
    co_return page(std::move(data), "");
}

awaitable<http::Response> show(const Context& context, const Caller& caller, http::Request& request)
{
    const auto id = JobId::parse(request.parameter("id"));
    if (!id) co_return http::Response::problem(404, "There is no such replay job.");
    const auto job = co_await context.replay_jobs->find(caller.tenant, *id);
    if (!job && job.error() == errc::not_found)
        co_return http::Response::problem(404, "There is no such replay job.");
    if (!job) co_return error_response(job.error());
    co_return object_response(200, to_json(*job));
}

Handle changing(Wish wish)
{
    return [wish](const Context& context, const Caller& caller,
                  http::Request& request) -> awaitable<http::Response> {
        const auto id = JobId::parse(request.parameter("id"));
        if (!id) co_return http::Response::problem(404, "There is no such replay job.");
        const auto job = co_await context.replay_jobs->change(caller.tenant, *id, wish);
        if (!job && job.error() == errc::not_found)
            co_return http::Response::problem(404, "There is no such replay job.");
        if (!job) co_return error_response(job.error());
        co_return object_response(200, to_json(*job));
    };
}

void add_jobs(Routes& routes)
{
    const std::string write = "events:write";
    const std::string one = "/v1/replay-jobs/{id}";
    const auto starting = [](std::string id, std::string summary, std::string body) {
        Operation operation{
            std::move(id),
            std::move(summary),
            {{202, "ReplayJob", "started; GET /v1/replay-jobs/{id} says how far it is"}}};
        operation.bodies = json_body(std::move(body));
        operation.body_is_optional = true;
        return operation;
    };
    routes.add("POST", "/v1/subscriptions/{id}/replay", write,
               starting("replaySubscription", "Deliver again what a subscription got",
                        "SubscriptionReplay"),
               replay_subscription);
    routes.add("POST", "/v1/deliveries/retry", write,
               starting("retryDeliveries", "Try again everything that matches", "RetryFilter"),
               retry_many);
    routes.add("GET", "/v1/replay-jobs", "events:read",
               {"listReplayJobs", "Replay jobs, newest first", {{200, "ReplayJobPage", "all"}}},
               list);
    routes.add("GET", one, "events:read",
               {"getReplayJob", "How far a job is", {{200, "ReplayJob", "the job"}}}, show);
    const auto changed = [](std::string id, std::string summary) {
        return Operation{std::move(id),
                         std::move(summary),
                         {{200, "ReplayJob", "as it is now"}, {409, "", "it is over"}}};
    };
    routes.add("POST", one + "/pause", write, changed("pauseReplayJob", "Stop for a while"),
               changing(Wish::pause));
    routes.add("POST", one + "/resume", write, changed("resumeReplayJob", "Go on"),
               changing(Wish::resume));
    routes.add("POST", one + "/cancel", write, changed("cancelReplayJob", "Stop for good"),
               changing(Wish::cancel));
}

}  // namespace

void add_replay_routes(Routes& routes)
{
    if (routes.context().replay_jobs == nullptr) return;
    auto& document = routes.document();
    document.add_schema("ReplayJob", job_schema);
    document.add_schema("RetryFilter", retry_schema);
    document.add_schema("SubscriptionReplay", subscription_replay_schema);
    document.add_page_schema("ReplayJobPage", "ReplayJob");
    add_jobs(routes);
}

}  // namespace katydid::api
