#include "hub/api/live/realtime_frames.hpp"

#include "handlers/dialects/envelope.hpp"
#include "hub/input/body.hpp"
#include "hub/input/schemas.hpp"
#include "hub/api/traffic/publish.hpp"
#include "hub/core/codec/encoding.hpp"
#include "hub/core/codec/utf8.hpp"
#include "hub/core/json/fields.hpp"
#include "hub/core/json/scan.hpp"
#include "hub/registry/subscription_matcher.hpp"

#include <boost/json.hpp>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::size_t ref_bytes_max = 64;
constexpr std::string_view known_frames
    = R"(known are "subscribe", "unsubscribe", "publish" and "ping")";

/// The schema of a frame by its type; empty: there is none.
std::string_view schema_of(std::string_view type)
{
    if (type == "subscribe") return "RealtimeSubscribe";
    if (type == "unsubscribe") return "RealtimeUnsubscribe";
    if (type == "publish") return "RealtimePublish";
    return type == "ping" ? "Ping" : "";
}

std::string_view text_of(const json::object& object, std::string_view name)
{
    const auto* value = object.if_contains(name);
    if (value == nullptr || !value->is_string()) return {};
    return value->get_string();
}

std::string in_words(const Fault& fault)
{
    return fault.pointer.empty() ? "the frame " + fault.detail : fault.pointer + " " + fault.detail;
}

Subscribe read_subscribe(const json::object& object, std::vector<Fault>& faults)
{
    Subscribe subscribe;
    FieldReader read{object, "", faults};
    read("topics", subscribe.topics);
    read("after", subscribe.after);
    for (std::size_t i = 0; i < subscribe.topics.size(); ++i)
        if (auto fault = registry::pattern_fault(subscribe.topics[i]); !fault.empty())
            faults.push_back({"/topics/" + std::to_string(i), std::move(fault)});
    return subscribe;
}

PlatformPublish read_publish(const json::object& object, std::string_view text,
                             std::vector<Fault>& faults)
{
    PlatformPublish publish;
    FieldReader read{object, "", faults};
    read("ref", publish.ref);
    read("id", publish.id);
    read("name", publish.name);
    read("occurredAt", publish.occurred_at);
    publish.occurred_text = text_of(object, "occurredAt");
    if (auto fault = type_fault(publish.name); !fault.empty())
        faults.push_back({"/name", std::move(fault)});
    publish.payload = json_text::member(text, "payload").value_or("null");
    return publish;
}

/// The ref of a frame that is no good, so that its sender knows which: whatever else is wrong with
/// it, such as a payload that is too deep. Empty: it publishes nothing, or has none.
std::string ref_of(std::string_view text)
{
    if (!json_text::is_json(text)) return {};
    const auto [type, ref] = json_text::members(text, "type", "ref");
    const bool is_good = type == R"("publish")" && ref && json_text::is_string(*ref)
                         && ref->size() <= ref_bytes_max + 2;
    return is_good ? json_text::unescaped(ref->substr(1, ref->size() - 2)) : std::string{};
}

PlatformFrame to_frame(const json::object& object, std::string_view text,
                       std::vector<Fault>& faults)
{
    const auto type = text_of(object, "type");
    if (type == "publish") return read_publish(object, text, faults);
    if (type == "subscribe") return read_subscribe(object, faults);
    if (type == "ping") return PlatformPing{};
    Unsubscribe unsubscribe;
    FieldReader read{object, "", faults};
    read("topics", unsubscribe.topics);
    return unsubscribe;
}

}  // namespace

PlatformFrame read_platform_frame(std::string_view text)
{
    std::vector<Fault> faults;
    const auto value = input::parse_object(text, faults, "payload");
    if (value.has_error()) return Misfit{"the frame " + value.error().message, ref_of(text)};
    if (!faults.empty()) return Misfit{in_words(faults.front()), ref_of(text)};
    const auto& object = value->get_object();
    const auto schema = schema_of(text_of(object, "type"));
    if (schema.empty())
        return Misfit{"there is no frame of that \"type\": " + std::string{known_frames}};
    if (!input::check_schema(schema, *value, faults))
        return Misfit{in_words(faults.front()), ref_of(text)};
    auto frame = to_frame(object, text, faults);
    if (!faults.empty()) return Misfit{in_words(faults.front()), ref_of(text)};
    return frame;
}

Event to_event(PlatformPublish publish, std::string_view platform)
{
    const auto time = dialects::quote_json(publish.occurred_text);
    const auto name = dialects::quote_json(publish.name);
    const bool is_atlvs = platform == "atlvs";
    const std::string_view data = is_atlvs ? "payload" : "data";
    std::string body = is_atlvs ? R"({"id":)" + dialects::quote_json(publish.id) + R"(,"name":)"
                                      + name + R"(,"occurredAt":)" + time
                                : R"({"type":)" + name + R"(,"timestamp":)" + time;
    body += R"(,")" + std::string{data} + R"(":)" + publish.payload + "}";
    Event event;
    event.origin = Origin::received;
    event.source = platform;
    event.type = std::move(publish.name);
    event.external_id = std::move(publish.id);
    event.occurred_at = publish.occurred_at;
    event.content_type = "application/json";
    event.key
        = dialects::read_envelope_facts(body, {is_atlvs ? "occurredAt" : "timestamp", data}).key;
    event.payload = std::make_shared<const std::string>(std::move(body));
    return event;
}

std::string write_subscribed(const std::vector<std::string>& topics, EventId after)
{
    json::array list;
    for (const auto& each : topics) list.emplace_back(each);
    const json::object object{
        {"type", "subscribed"}, {"topics", std::move(list)}, {"after", after.to_string()}};
    return json::serialize(object);
}

std::string write_update(const Event& event)
{
    const json::object object{{"type", "update"},
                              {"id", event.id.to_string()},
                              {"name", as_utf8(event.type)},
                              {"occurredAt", to_rfc3339(event.occurred_at)}};
    auto text = json::serialize(object);
    text.pop_back();
    const std::string_view payload = event.payload ? std::string_view{*event.payload} : "";
    if (const auto opened = dialects::open_envelope(event); opened.has_value())
        text.append(R"(,"payload":)").append(opened->data);
    else if (is_utf8(payload)) text.append(R"(,"payload":)").append(dialects::quote_json(payload));
    else
        text.append(R"(,"payload_base64":")")
            .append(encode(Encoding::base64, payload))
            .append("\"");
    return text + "}";
}

std::string write_accepted(std::string_view ref, EventId id, bool is_duplicate)
{
    const json::object object{
        {"type", "accepted"}, {"ref", ref}, {"id", id.to_string()}, {"duplicate", is_duplicate}};
    return json::serialize(object);
}

std::string write_refused(std::string_view ref, std::string_view detail, bool may_try_again)
{
    json::object object{{"type", "refused"}, {"ref", ref}, {"detail", as_utf8(detail)}};
    if (may_try_again) object["retry_after"] = "1s";
    return json::serialize(object);
}

}  // namespace katydid::api
