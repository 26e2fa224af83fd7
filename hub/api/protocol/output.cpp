#include "hub/api/protocol/output.hpp"

#include "hub/core/codec/utf8.hpp"

namespace katydid::api {
namespace {

namespace json = boost::json;

json::value time_or_null(Timestamp time)
{
    if (time == Timestamp{}) return nullptr;
    return json::value(to_rfc3339(time));
}

json::value text_or_null(const std::string& text)
{
    if (text.empty()) return nullptr;
    return json::value(safe_text(text));
}

json::array to_array(const std::vector<std::string>& texts)
{
    json::array array;
    for (const auto& text : texts) array.emplace_back(text);
    return array;
}

json::object handler_json(const HandlerSpec& handler)
{
    json::object object{{"kind", to_text(handler.kind)}};
    if (handler.kind != HandlerKind::endpoint) return object;
    object["url"] = handler.url;
    json::object headers;
    for (const auto& header : handler.headers) headers[header.name] = hidden_value;
    object["headers"] = std::move(headers);
    if (!handler.identity.empty()) object["identity"] = handler.identity;
    return object;
}

json::object retry_json(const RetrySettings& retry)
{
    json::array delays;
    for (const auto delay : retry.delays) delays.emplace_back(to_duration_text(delay));
    json::object object{{"delays", nullptr}};  // the hub's schedule
    if (!delays.empty()) object["delays"] = std::move(delays);
    if (retry.age_max.count() > 0) object["age_max"] = to_duration_text(retry.age_max);
    json::object statuses;
    for (const auto& rule : retry.statuses) {
        auto range = std::to_string(rule.status_min);
        if (rule.status_max != rule.status_min) range += "-" + std::to_string(rule.status_max);
        statuses.emplace(range, to_text(rule.retry));
    }
    if (!statuses.empty()) object["statuses"] = std::move(statuses);
    return object;
}

/// 5 instead of 5E0.
json::value plain_number(double value)
{
    const auto whole = static_cast<std::int64_t>(value);
    if (static_cast<double>(whole) == value) return whole;
    return value;
}

json::object limits_json(const Limits& limits)
{
    return {{"in_flight", limits.in_flight},
            {"per_second", plain_number(limits.per_second)},
            {"burst", limits.burst},
            {"adaptive", limits.adaptive},
            {"payload_bytes", limits.payload_bytes},
            {"ordering", to_text(limits.ordering)},
            {"order_key", limits.order_key}};
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

json::string safe_text(std::string_view bytes) { return json::string{as_utf8(bytes)}; }

json::object to_json(const Subscription& s)
{
    json::object object{{"id", s.id.to_string()},
                        {"name", s.name},
                        {"status", to_text(s.status)},
                        {"sources", to_array(s.sources)},
                        {"event_types", to_array(s.event_types)},
                        {"handler", handler_json(s.handler)},
                        {"dialect", to_text(s.dialect)},
                        {"limits", limits_json(s.limits)},
                        {"retry", retry_json(s.retry)},
                        {"timeout", to_duration_text(s.timeout)},
                        {"read_only", s.read_only},
                        {"created_at", to_rfc3339(s.created_at)},
                        {"updated_at", to_rfc3339(s.updated_at)}};
    if (s.connect_timeout.count() > 0)
        object["connect_timeout"] = to_duration_text(s.connect_timeout);
    if (s.first_byte_timeout.count() > 0)
        object["first_byte_timeout"] = to_duration_text(s.first_byte_timeout);
    object["signature"] = text_or_null(s.signature);
    if (!s.status_reason.empty()) object["status_reason"] = s.status_reason;
    if (!s.filter.empty()) {
        json::error_code error;
        object["filter"] = json::parse(s.filter, error);
    }
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

json::object to_json(const Attempt& attempt)
{
    return {{"id", attempt.id.to_string()},
            {"number", attempt.number},
            {"started_at", to_rfc3339(attempt.started_at)},
            {"duration_ms", attempt.duration.count()},
            {"outcome", to_text(attempt.outcome)},
            {"status", attempt.status == 0 ? json::value{} : json::value(attempt.status)},
            {"error", text_or_null(attempt.error)},
            {"response", safe_text(attempt.response)}};
}

http::Response page(json::array rows, const std::string& cursor)
{
    const json::object body{{"data", std::move(rows)}, {"cursor", text_or_null(cursor)}};
    return http::Response::json(200, json::serialize(body));
}

http::Response object_response(unsigned status, const json::object& object)
{
    return http::Response::json(status, json::serialize(object));
}

http::Response error_response(const Error& error)
{
    const auto status = status_of(error);
    auto response = http::Response::problem(status, error.message);
    if (status == 503) response.with("Retry-After", "5");
    return response;
}

}  // namespace katydid::api
