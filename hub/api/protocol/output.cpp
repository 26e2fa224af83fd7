#include "hub/api/protocol/output.hpp"

#include "hub/input/body.hpp"
#include "hub/core/codec/utf8.hpp"
#include "hub/core/json/write.hpp"
#include "hub/core/subscription/subscription_json.hpp"
#include "hub/http/egress/egress.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

json::value text_or_null(const std::string& text)
{
    if (text.empty()) return nullptr;
    return json::value(safe_text(text));
}

unsigned status_of(const Error& error)
{
    if (error == errc::not_found) return 404;
    if (error == errc::conflict) return 409;
    if (error == errc::invalid_argument) return 422;
    if (error == errc::too_large) return 413;
    if (error == errc::internal || error == errc::corrupt) return 500;
    return 503;
}

}  // namespace

json::value time_or_null(Timestamp time)
{
    if (time == Timestamp{}) return nullptr;
    return json::value(to_rfc3339(time));
}

json::string safe_text(std::string_view bytes) { return json::string{as_utf8(bytes)}; }

json::object shown(const Subscription& subscription)
{
    auto object = to_json(subscription);
    auto& handler = object.at("handler").as_object();
    handler.erase("sealed_headers");
    if (auto* headers = handler.if_contains("headers"))
        for (auto& header : headers->as_object()) header.value() = input::hidden_value;
    // Who knows where an alert goes can write there: the operator's, from the settings.
    if (subscription.read_only && subscription.name.starts_with("katydid-alert-"))
        if (auto* url = handler.if_contains("url"))
            if (const auto place = http::EgressPolicy::parse_url(subscription.handler.url))
                *url = (place->tls ? "https://" : "http://") + place->authority() + "/";
    return object;
}

json::object to_json(const SubscriptionState& state)
{
    json::object queued;
    for (std::size_t lane = 0; lane < lane_count; ++lane)
        queued.emplace(to_text(static_cast<Lane>(lane)), state.queued[lane]);
    json::object object{{"in_flight", state.in_flight},
                        {"in_flight_limit", state.in_flight_limit},
                        {"queued", std::move(queued)},
                        {"more_in_store", state.more_in_store},
                        {"breaker", state.breaker}};
    if (state.adaptive_limit > 0) object["adaptive_limit"] = state.adaptive_limit;
    if (state.resumes_at) object["resumes_at"] = to_rfc3339(*state.resumes_at);
    return object;
}

json::object to_json(const store::EventRow& row)
{
    const auto& event = row.event;
    return {{"id", event.id.to_string()},
            {"type", safe_text(event.type)},
            {"source", text_or_null(event.source)},
            {"external_id", safe_text(event.external_id)},
            {"subject", text_or_null(event.subject)},
            {"key", text_or_null(event.key)},
            {"occurred_at", to_rfc3339(event.occurred_at)},
            {"received_at", to_rfc3339(event.received_at)},
            {"content_type", safe_text(event.content_type)},
            {"origin", to_text(event.origin)},
            {"type_unsigned", event.type_unsigned},
            {"possible_repeat",
             event.repeat_of ? json::value(event.repeat_of->to_string()) : json::value{}},
            {"payload_bytes", row.payload_bytes}};
}

json::object to_json(const Delivery& delivery)
{
    return {{"id", delivery.id.to_string()},
            {"event", delivery.event.to_string()},
            {"subscription", delivery.subscription.to_string()},
            {"state", to_text(delivery.state)},
            {"lane", to_text(delivery.lane)},
            {"attempts", delivery.attempts},
            {"created_at", to_rfc3339(delivery.created_at)},
            {"due_at", is_final(delivery.state) ? json::value{} : time_or_null(delivery.due_at)},
            {"ended_at", time_or_null(delivery.ended_at)},
            {"reason", text_or_null(delivery.reason)}};
}

/// Null where no step is known: of a stream, a function, or an attempt that sent nothing.
json::value to_json(const AttemptTiming& timing)
{
    if (timing == AttemptTiming{}) return nullptr;
    const auto step = [](AttemptTiming::Step took) {
        return took ? json::value(took->count()) : json::value{};
    };
    return json::object{{"dns_us", step(timing.dns)},
                        {"connect_us", step(timing.connect)},
                        {"tls_us", step(timing.tls)},
                        {"first_byte_us", step(timing.first_byte)}};
}

json::object to_json(const Attempt& attempt)
{
    return {{"id", attempt.id.to_string()},
            {"number", attempt.number},
            {"started_at", to_rfc3339(attempt.started_at)},
            {"duration_ms", attempt.duration.count()},
            {"outcome", to_text(attempt.outcome)},
            {"status", attempt.status == 0 ? json::value{} : json::value(attempt.status)},
            {"error", text_or_null(attempt.error)},
            {"response", safe_text(attempt.response)},
            {"timing", to_json(attempt.timing)}};
}

http::Response page(json::array rows, const std::string& cursor)
{
    const json::object body{{"data", std::move(rows)}, {"cursor", text_or_null(cursor)}};
    return http::Response::json(200, json_text::write(body));
}

http::Response object_response(unsigned status, const json::object& object)
{
    return http::Response::json(status, json_text::write(object));
}

http::Response error_response(const Error& error)
{
    const auto status = status_of(error);
    auto response = http::Response::problem(status, error.message);
    if (status == 503) response.with("Retry-After", "5");
    return response;
}

}  // namespace katydid::api
