#include "hub/stream/frames.hpp"

#include "hub/input/body.hpp"
#include "hub/input/schemas.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/utf8.hpp"
#include "hub/core/event_json.hpp"
#include "hub/core/json/fields.hpp"

#include <boost/json.hpp>

namespace katydid::stream {
namespace {

namespace json = boost::json;

/// Half an answer's bytes may be kept: the settlement cuts between two characters.
constexpr std::size_t body_bytes_kept = response_bytes_max + 4;

std::string unknown_type(const json::value* type)
{
    const std::string known = R"(known are "ack", "nack", "extend", "credit" and "ping")";
    if (type == nullptr) return "a frame has a \"type\": " + known;
    if (!type->is_string()) return "the \"type\" of a frame is a text: " + known;
    return "there is no frame of that type: " + known;
}

std::string in_words(const Fault& fault)
{
    return fault.pointer.empty() ? "the frame " + fault.detail : fault.pointer + " " + fault.detail;
}

/// The schema of a frame by its type; empty: there is none.
std::string_view schema_of(const json::value* type)
{
    if (type == nullptr || !type->is_string()) return {};
    const auto& name = type->get_string();
    if (name == "ack") return "DeliveryAck";
    if (name == "nack") return "DeliveryNack";
    if (name == "extend") return "DeliveryExtension";
    if (name == "credit") return "ConsumerCredit";
    return name == "ping" ? "Ping" : "";
}

DeliveryId read_delivery(const json::object& object, std::string_view pointer,
                         std::vector<Fault>& faults)
{
    DeliveryId delivery;
    FieldReader read{object, std::string{pointer}, faults};
    read("delivery", delivery);
    return delivery;
}

void read_response(const json::object& object, Outcome& outcome)
{
    if (const auto* status = object.if_contains("status"))
        outcome.status = status->to_number<unsigned>();
    if (const auto* body = object.if_contains("body"))
        outcome.response = std::string{body->get_string()}.substr(0, body_bytes_kept);
}

ClientFrame to_frame(std::string_view schema, const json::object& object,
                     std::vector<Fault>& faults)
{
    if (schema == "DeliveryAck") return read_ack(object, "", faults);
    if (schema == "DeliveryNack") return read_nack(object, "", faults);
    if (schema == "DeliveryExtension") return Extension{read_delivery(object, "", faults)};
    if (schema == "Ping") return Ping{};
    return Credit{object.at("count").to_number<std::uint32_t>()};
}

}  // namespace

std::string write_delivery(const handlers::stream::Handover& handover)
{
    if (!handover.written.empty()) return handover.written;
    json::array headers;
    for (const auto& header : handover.headers)
        headers.push_back(json::array{as_utf8(header.name), as_utf8(header.value)});
    const json::object object{
        {"type", "delivery"},
        {"delivery", handover.delivery.to_string()},
        {"attempt", handover.attempt},
        {"deadline", to_rfc3339(handover.deadline)},
        {"event", describe(*handover.event)},
        {"headers", std::move(headers)},
        {"content_type", as_utf8(header_value(handover.headers, "content-type"))}};
    auto text = json::serialize(object);
    text.pop_back();
    const auto& body = *handover.body;
    if (is_utf8(body)) text += ",\"payload\":" + json::serialize(json::string_view{body}) + "}";
    else text += ",\"payload_base64\":\"" + encode(Encoding::base64, body) + "\"}";
    return text;
}

std::string write_hello(ConsumerId consumer)
{
    return json::serialize(json::object{{"type", "hello"}, {"consumer", consumer.to_string()}});
}

std::string write_revoked(DeliveryId delivery, std::string_view reason)
{
    return json::serialize(
        json::object{{"type", "revoked"}, {"delivery", delivery.to_string()}, {"reason", reason}});
}

std::string write_draining() { return R"({"type":"draining","reconnect_after":"1s"})"; }

std::string write_pong() { return R"({"type":"pong"})"; }

std::string write_gap(std::size_t missed)
{
    return json::serialize(json::object{{"type", "gap"}, {"missed", missed}});
}

std::string write_error(std::string_view detail)
{
    return json::serialize(json::object{{"type", "error"}, {"detail", as_utf8(detail)}});
}

Answer read_ack(const json::object& ack, std::string_view pointer, std::vector<Fault>& faults)
{
    Answer answer{read_delivery(ack, pointer, faults), Outcome::delivered()};
    read_response(ack, answer.outcome);
    return answer;
}

Answer read_nack(const json::object& nack, std::string_view pointer, std::vector<Fault>& faults)
{
    Answer answer{read_delivery(nack, pointer, faults), {}};
    auto& outcome = answer.outcome;
    outcome.outcome = AttemptClass::rejected;
    read_response(nack, outcome);
    FieldReader read{nack, std::string{pointer}, faults};
    read("reason", outcome.error);
    read("retry_after", outcome.retry_after);
    read("dead", outcome.final);
    if (!outcome.error.empty()) return answer;
    outcome.error = outcome.status == 0
                        ? "the consumer refused it"
                        : "the consumer's receiver answered " + std::to_string(outcome.status);
    return answer;
}

result<ClientFrame> read_frame(std::string_view text)
{
    const auto refused = [](std::string why) {
        return Error{errc::invalid_argument, std::move(why)};
    };
    std::vector<Fault> faults;
    const auto value = input::parse_object(text, faults);
    if (value.has_error()) return refused("the frame " + value.error().message);
    if (!faults.empty()) return refused(in_words(faults.front()));
    const auto& object = value->get_object();
    const auto* type = object.if_contains("type");
    const auto schema = schema_of(type);
    if (schema.empty()) return refused(unknown_type(type));
    if (!input::check_schema(schema, *value, faults)) return refused(in_words(faults.front()));
    auto frame = to_frame(schema, object, faults);
    if (!faults.empty()) return refused(in_words(faults.front()));
    return frame;
}

}  // namespace katydid::stream
