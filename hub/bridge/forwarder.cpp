#include "hub/bridge/forwarder.hpp"

#include "handlers/endpoint/endpoint_handler.hpp"
#include "hub/bridge/operations.hpp"
#include "hub/core/json/parse.hpp"
#include "hub/http/message/message.hpp"
#include "hub/observe/log.hpp"

#include <boost/json.hpp>

namespace katydid::bridge {
namespace {

namespace json = boost::json;
using json_text::parse_or_null;

void name_subject(const WriteCall& call, const Event& event, json::object& data)
{
    const auto body = parse_or_null(*event.payload);
    if (const auto* object = body.if_object())
        if (const auto* key = object->if_contains(call.key)) data[call.key] = *key;
    const auto resource = header_value(event.headers, id_header);
    if (!resource.empty()) data["resourceId"] = resource;
}

/// The refusal of a platform, in its own words where it has some that are no person's.
std::string refusal_in(unsigned status)
{
    return "ATLVS answered " + std::to_string(status) + " "
           + std::string{http::reason_phrase(status)};
}

}  // namespace

Event make_result(const WriteCall& call, const Event& event, unsigned status,
                  const std::string& answer)
{
    const auto operation = event.id.to_string();
    json::object data{{"operationId", operation}};
    name_subject(call, event, data);
    Event made;
    made.source = bridge_source;
    made.origin = Origin::bridge;
    made.subject = event.subject;
    made.key = event.key;
    made.content_type = "application/json";
    made.traceparent = event.traceparent;
    made.external_id = result_id_of(event.id);
    if (is_success(status)) {
        made.type = call.result_type;
        auto body = parse_or_null(answer);
        if (const auto* object = body.if_object())
            if (const auto* id = object->if_contains("id")) data[call.result_id] = *id;
        data[call.result_member] = std::move(body);
    } else {
        made.type = "operation.failed";
        data["call"] = call.name;
        data["httpStatus"] = status;
        data["error"] = refusal_in(status);
    }
    made.payload = std::make_shared<const std::string>(json::serialize(data));
    return made;
}

bool is_usable(const http::ClientReply& reply)
{
    if (parse_or_null(reply.body).is_object()) return true;
    return !reply.truncated && (!is_success(reply.status) || reply.body.empty());
}

awaitable<Outcome> Forwarder::forward(const Event& event)
{
    const bool is_ours = event.origin == Origin::bridge;
    const auto* call = is_ours ? find_write_call(event.type) : nullptr;
    const auto path_id = header_value(event.headers, id_header);
    const bool lacks_id = call != nullptr && path_id.empty()
                          && call->upstream.find('{') != std::string_view::npos;
    if (call == nullptr || lacks_id || event.payload == nullptr)
        co_return Outcome::dead("this is no write of the bridge");
    Upstream::Call request{"POST", call->upstream, fill_path(call->upstream, path_id),
                           event.payload, std::string{header_value(event.headers, key_header)}};
    const auto deadline = Deadline::after(parts_.timeout, parts_.clock);
    auto reply = co_await parts_.upstream.send(std::move(request), deadline);
    if (!reply) co_return fail(event, handlers::endpoint::outcome_of(reply.error()));
    if (!is_usable(*reply)) {
        auto outcome = Outcome::failed("ATLVS gave an answer that is no JSON object");
        outcome.outcome = AttemptClass::protocol_error;
        outcome.status = reply->status;
        co_return fail(event, std::move(outcome));
    }
    if (!is_last_word(reply->status)) {
        reply->body.clear();
        co_return fail(event, handlers::endpoint::outcome_of(*reply, parts_.clock.now()));
    }
    auto outcome = co_await finish(*call, event, std::move(*reply));
    co_return outcome;
}

awaitable<Outcome> Forwarder::finish(const WriteCall& call, const Event& event,
                                     http::ClientReply reply)
{
    const bool is_good = is_success(reply.status);
    const bool is_short = reply.body.size() < response_bytes_max;
    if (!is_good && (!is_short || !parse_or_null(reply.body).is_object()))
        reply.body = json::serialize(json::object{{"error", refusal_in(reply.status)}});
    auto filtered = parts_.answers.filter(call.answer_rule, reply.body, false);
    if (filtered) reply.body = std::move(*filtered);
    if (is_good) parts_.on_success();
    parts_.pending.answered(event.external_id, event.key,
                            http::Response::json(reply.status, reply.body));

    auto made = make_result(call, event, reply.status, reply.body);
    auto published = co_await parts_.publish(std::move(made));
    if (!published) co_return Outcome::failed(published.error().message);
    Outcome outcome;
    outcome.status = reply.status;
    outcome.response = std::move(reply.body);
    if (is_good) co_return outcome;
    outcome.outcome = AttemptClass::rejected;
    outcome.error = refusal_in(reply.status);
    outcome.final = true;
    co_return outcome;
}

Outcome Forwarder::fail(const Event& event, Outcome outcome)
{
    parts_.pending.failed(event.key);
    outcome.response.clear();
    return outcome;
}

}  // namespace katydid::bridge
