// Again: replay jobs, and single deliveries and events.
#include "hub/api/input.hpp"
#include "hub/api/note_change.hpp"
#include "hub/api/output.hpp"
#include "hub/api/route.hpp"
#include "hub/jobs/replay_jobs.hpp"

namespace katydid::api {
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
                        {"done", job.done},
                        {"skipped", job.skipped},
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

/// No body is an empty object.
std::optional<json::object> read_wish(const http::Request& request, http::Response& response)
{
    if (request.body.empty()) return json::object{};
    return read_object(request, response);
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

template <class IdType>
void read_id(ObjectReader& reader, std::string_view name, std::optional<IdType>& id)
{
    const auto text = reader.text(name, 64);
    if (!text) return;
    id = IdType::parse(*text);
    if (!id) reader.fault(name, "is not a valid id");
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
    co_await note_change(context, caller, "replay.started", created->id.to_string());
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
    const auto body = read_wish(request, response);
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
    const auto body = read_wish(request, response);
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
        if (!job) co_return error_response(job.error());
        co_return object_response(200, to_json(*job));
    };
}

enum class Move : std::uint8_t { retry, cancel };

/// One delivery, now. 409 when it is not in a state to be moved.
Handle moving(Move move)
{
    return [move](const Context& context, const Caller& caller,
                  http::Request& request) -> awaitable<http::Response> {
        const auto id = DeliveryId::parse(request.parameter("id"));
        if (!id) co_return http::Response::problem(404, "There is no such delivery.");
        const auto known = co_await context.store.delivery(caller.tenant, *id);
        if (!known) co_return error_response(known.error());
        const auto now = context.clock.now();
        const std::vector<DeliveryId> ids{*id};
        auto call = move == Move::retry
                        ? context.store.redeliver(caller.tenant, ids, Lane::retry, now)
                        : context.store.cancel(caller.tenant, ids, "cancelled by a person", now);
        const auto moved = co_await std::move(call);
        if (!moved) co_return error_response(moved.error());
        if (*moved == 0)
            co_return http::Response::problem(
                409, move == Move::retry ? "The delivery is due or in flight already."
                                         : "The delivery is in flight, or has ended already.");
        const auto after = co_await context.store.delivery(caller.tenant, *id);
        if (!after) co_return error_response(after.error());
        co_return object_response(202, api::to_json(*after));
    };
}

awaitable<http::Response> replay_event(const Context& context, const Caller& caller,
                                       http::Request& request)
{
    http::Response response;
    const auto id = EventId::parse(request.parameter("id"));
    if (!id) co_return http::Response::problem(404, "There is no such event.");
    const auto body = read_wish(request, response);
    if (!body) co_return response;
    std::vector<Fault> faults;
    ObjectReader reader{*body, "", faults};
    std::optional<SubscriptionId> subscription;
    read_id(reader, "subscription", subscription);
    reader.finish();
    if (!faults.empty()) co_return faults_response(faults);
    const auto deliveries = co_await context.intake.replay(caller.tenant, *id, subscription);
    if (!deliveries) co_return error_response(deliveries.error());
    json::array ids;
    for (const auto& delivery : *deliveries) ids.emplace_back(delivery.to_string());
    const json::object object{{"id", id->to_string()}, {"deliveries", std::move(ids)}};
    co_return object_response(202, object);
}

}  // namespace

void add_replay_routes(http::Router& router, const Context& context)
{
    const std::string write = "events:write";
    const std::string one = "/v1/replay-jobs/{id}";
    add_route(router, context, "POST", "/v1/deliveries/{id}/retry", write, moving(Move::retry));
    add_route(router, context, "POST", "/v1/deliveries/{id}/cancel", write, moving(Move::cancel));
    add_route(router, context, "POST", "/v1/events/{id}/replay", write, replay_event);
    if (context.replay_jobs == nullptr) return;
    add_route(router, context, "POST", "/v1/subscriptions/{id}/replay", write, replay_subscription);
    add_route(router, context, "POST", "/v1/deliveries/retry", write, retry_many);
    add_route(router, context, "GET", "/v1/replay-jobs", "events:read", list);
    add_route(router, context, "GET", one, "events:read", show);
    add_route(router, context, "POST", one + "/pause", write, changing(Wish::pause));
    add_route(router, context, "POST", one + "/resume", write, changing(Wish::resume));
    add_route(router, context, "POST", one + "/cancel", write, changing(Wish::cancel));
}

}  // namespace katydid::api
