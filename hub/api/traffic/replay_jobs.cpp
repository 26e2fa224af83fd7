// /v1/replay-jobs: everything that matches, again.
#include "hub/core/subscription/subscription.hpp"
#include "hub/input/body.hpp"
#include "hub/api/protocol/audit_change.hpp"
#include "hub/api/protocol/named.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/api/protocol/route.hpp"
#include "hub/api/protocol/table_page.hpp"
#include "hub/core/json/fields.hpp"
#include "hub/jobs/replay_jobs.hpp"

#include <cmath>

namespace katydid::api {
namespace replay_jobs {
namespace {

namespace json = boost::json;

using Wish = jobs::ReplayJobs::Wish;

json::object to_json(const jobs::ReplayJob& job)
{
    const auto& query = job.query;
    json::array states;
    for (const auto state : query.states) states.emplace_back(katydid::to_text(state));
    json::object object{{"id", job.id.to_string()},
                        {"status", jobs::to_text(job.status)},
                        {"states", std::move(states)},
                        {"total", nullptr},
                        {"made_due", job.made_due},
                        {"skipped", job.skipped},
                        {"done", jobs::ended(job)},
                        {"delivered", job.tally.delivered},
                        {"dead", job.tally.dead},
                        {"cancelled", job.tally.cancelled},
                        {"retrying", job.tally.scheduled},
                        {"progress", std::round(jobs::progress(job) * 1000) / 1000},
                        {"created_at", to_rfc3339(job.created_at)},
                        {"updated_at", to_rfc3339(job.updated_at)}};
    if (job.total) object["total"] = *job.total;
    if (query.subscription) object["subscription"] = query.subscription->to_string();
    if (query.event) object["event"] = query.event->to_string();
    if (query.since) object["since"] = to_rfc3339(*query.since);
    if (query.until) object["until"] = to_rfc3339(*query.until);
    if (query.status) object["answer"] = *query.status;
    if (!job.error.empty()) object["error"] = job.error;
    return object;
}

/// What to deliver again; the subscription is the query's already.
void read_query(const json::object& body, store::DeliveryQuery& query, std::vector<Fault>& faults)
{
    FieldReader read{body, "", faults};
    query.states = {DeliveryState::dead};
    read("event", query.event);
    read("status", query.status);
    read("since", query.since);
    read("until", query.until);
    read("states", query.states);
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
                                              http::Request& request, const json::object& body)
{
    http::Response response;
    const auto subscription = subscription_in_path(context, caller, request, response);
    if (!subscription) co_return response;
    std::vector<Fault> faults;
    jobs::ReplayJob job;
    job.query.subscription = subscription->id;
    read_query(body, job.query, faults);
    if (!faults.empty()) co_return input::faults_response(faults);
    auto started = start(context, caller, std::move(job));
    co_return co_await std::move(started);
}

awaitable<http::Response> retry_many(const Context& context, const Caller& caller, http::Request&,
                                     const json::object& body)
{
    std::vector<Fault> faults;
    jobs::ReplayJob job;
    read_subscription(context, caller, body, job.query.subscription, faults);
    read_query(body, job.query, faults);
    if (!faults.empty()) co_return input::faults_response(faults);
    auto started = start(context, caller, std::move(job));
    co_return co_await std::move(started);
}

awaitable<http::Response> list(const Context& context, const Caller& caller, http::Request& request)
{
    const auto all = co_await context.replay_jobs->list(caller.tenant);
    if (!all) co_return error_response(all.error());
    co_return table_page(
        request, *all, [](const jobs::ReplayJob& job) { return job.id; },
        [](const jobs::ReplayJob& job) { return to_json(job); });
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

Handle changing(Wish wish, const char* action)
{
    return [wish, action](const Context& context, const Caller& caller,
                          http::Request& request) -> awaitable<http::Response> {
        const auto id = JobId::parse(request.parameter("id"));
        if (!id) co_return http::Response::problem(404, "There is no such replay job.");
        const auto job = co_await context.replay_jobs->change(caller.tenant, *id, wish);
        if (!job && job.error() == errc::not_found)
            co_return http::Response::problem(404, "There is no such replay job.");
        if (!job) co_return error_response(job.error());
        co_await audit_change(context, caller, action, id->to_string());
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
               {"listReplayJobs",
                "Replay jobs, newest first",
                {{200, "ReplayJobPage", "a page"}},
                {limit_parameter(), cursor_parameter()}},
               list);
    routes.add("GET", one, "events:read",
               {"getReplayJob", "How far a job is", {{200, "ReplayJob", "the job"}}}, show);
    const auto changed = [](std::string id, std::string summary) {
        return Operation{std::move(id),
                         std::move(summary),
                         {{200, "ReplayJob", "as it is now"}, {409, "", "it is over"}}};
    };
    routes.add("POST", one + "/pause", write, changed("pauseReplayJob", "Make nothing more due"),
               changing(Wish::pause, "replay.paused"));
    routes.add("POST", one + "/resume", write, changed("resumeReplayJob", "Go on"),
               changing(Wish::resume, "replay.resumed"));
    routes.add("POST", one + "/cancel", write,
               changed("cancelReplayJob", "End it; what is not in flight ends as it had before"),
               changing(Wish::cancel, "replay.cancelled"));
}

}  // namespace
}  // namespace replay_jobs

void add_replay_routes(Routes& routes)
{
    using namespace replay_jobs;
    if (routes.context().replay_jobs == nullptr) return;
    add_jobs(routes);
}

}  // namespace katydid::api
