// CloudEvents 1.0 as they are published: structured and binary mode.
// https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
#include "hub/api/traffic/publish.hpp"
#include "hub/core/codec/utf8.hpp"
#include "hub/core/json/scan.hpp"
#include "hub/core/text/text.hpp"
#include "hub/core/codec/percent.hpp"
#include "hub/core/codec/encoding.hpp"

#include <algorithm>

namespace katydid::api {
namespace {

namespace json = boost::json;

constexpr std::size_t attribute_bytes_max = 1'024;

/// The attributes of one event, from wherever they came.
struct Attributes {
    std::string specversion, id, source, type, time, subject, partition_key;
    Headers extensions;  ///< "ce-…", kept with the event
};

bool is_extension_name(std::string_view name)
{
    return !name.empty() && name.size() <= 20 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    });
}

struct Place {
    const char* name;
    std::string Attributes::* field;
    bool is_required;
};
constexpr Place places[] = {{"specversion", &Attributes::specversion, true},
                            {"id", &Attributes::id, true},
                            {"source", &Attributes::source, true},
                            {"type", &Attributes::type, true},
                            {"time", &Attributes::time, false},
                            {"subject", &Attributes::subject, false},
                            {"partitionkey", &Attributes::partition_key, false}};

/// \param place_of  the pointer of an attribute
template <class PlaceOf>
std::optional<Event> to_event(Attributes attributes, PlaceOf place_of, std::vector<Fault>& faults)
{
    const auto count = faults.size();
    for (const auto& place : places)
        if (place.is_required && (attributes.*place.field).empty())
            faults.push_back({place_of(place.name), "is missing: every CloudEvent has it"});
    if (!attributes.specversion.empty() && attributes.specversion != "1.0")
        faults.push_back({place_of("specversion"), "must be \"1.0\""});
    if (auto fault = type_fault(attributes.type); !attributes.type.empty() && !fault.empty())
        faults.push_back({place_of("type"), std::move(fault)});
    Event event;
    if (!attributes.time.empty()) {
        const auto time = parse_rfc3339(attributes.time);
        if (!time) faults.push_back({place_of("time"), "must be a time (RFC 3339)"});
        event.occurred_at = time.value_or(Timestamp{});
    }
    if (faults.size() != count) return std::nullopt;
    event.type = std::move(attributes.type);
    // A producer's ids are unique within its source only.
    event.external_id = scoped_id(attributes.source, attributes.id);
    event.subject = std::move(attributes.subject);
    event.key = std::move(attributes.partition_key);
    event.headers = std::move(attributes.extensions);
    event.headers.push_back({"ce-source", std::move(attributes.source)});
    event.headers.push_back({"ce-id", std::move(attributes.id)});
    const auto trace = std::ranges::find(event.headers, "ce-traceparent", &Header::name);
    if (trace != event.headers.end()) event.traceparent = trace->value;
    return event;
}

/// Texts, numbers and flags are attributes; null is as if it were absent.
std::optional<std::string> attribute_text(const json::value& value)
{
    if (const auto* text = value.if_string()) return std::string{*text};
    if (value.is_bool() || value.is_int64()) return json::serialize(value);
    return std::nullopt;
}

bool is_json_type(std::string_view type)
{
    const auto plain = type.substr(0, type.find(';'));
    return plain == "application/json" || plain.ends_with("+json") || plain == "text/json";
}

void take_data(const json::object& body, std::string_view text, const std::string& pointer,
               Event& event, std::vector<Fault>& faults)
{
    const auto* type = body.if_contains("datacontenttype");
    event.content_type = type != nullptr && type->is_string() ? std::string{type->get_string()}
                                                              : "application/json";
    const auto* data = body.if_contains("data");
    const auto* encoded = body.if_contains("data_base64");
    if (data != nullptr && encoded != nullptr)
        faults.push_back({pointer + "/data_base64", "must not stand beside \"data\""});
    if (encoded != nullptr) {
        const auto* base64 = encoded->if_string();
        auto bytes = base64 == nullptr ? std::nullopt : decode(Encoding::base64, *base64);
        if (!bytes) faults.push_back({pointer + "/data_base64", "must be base64"});
        event.payload = std::make_shared<const std::string>(std::move(bytes).value_or(""));
    } else if (data == nullptr) {
        event.payload = std::make_shared<const std::string>();
    } else if (data->is_string() && !is_json_type(event.content_type)) {
        event.payload = std::make_shared<const std::string>(data->get_string());
    } else {
        event.payload = std::make_shared<const std::string>(
            json_text::find(text, "/data").value_or("null"));
    }
}

}  // namespace

std::optional<Event> read_cloud_event(std::string_view text, const std::string& pointer,
                                      std::vector<Fault>& faults)
{
    const auto count = faults.size();
    auto body = parse_event(text, pointer, faults);
    if (!body) return std::nullopt;
    Attributes attributes;
    for (const auto& member : body->get_object()) {
        const std::string_view name = member.key();
        if (name == "data" || name == "data_base64" || member.value().is_null()) continue;
        const auto place = pointer + "/" + std::string{name};
        auto value = attribute_text(member.value());
        if (!is_extension_name(name))
            faults.push_back({place, "is no attribute's name: lower-case letters and digits"});
        else if (!value || value->empty() || value->size() > attribute_bytes_max
                 || !is_header_safe("ce-" + std::string{name}, *value))
            faults.push_back({place, "must be a text of 1 to 1024 bytes without control "
                                     "characters, a number or a flag"});
        if (faults.size() != count) continue;
        const auto* known = std::ranges::find_if(
            places, [&](const Place& each) { return each.name == name; });
        if (known != std::end(places)) attributes.*known->field = std::move(*value);
        else if (name != "datacontenttype")
            attributes.extensions.push_back({"ce-" + std::string{name}, std::move(*value)});
    }
    if (faults.size() != count) return std::nullopt;
    auto event = to_event(
        std::move(attributes), [&](const char* name) { return pointer + "/" + name; }, faults);
    if (!event) return std::nullopt;
    take_data(body->get_object(), text, pointer, *event, faults);
    if (faults.size() != count) return std::nullopt;
    return event;
}

std::optional<Event> read_binary_cloud_event(const http::Request& request,
                                             std::vector<Fault>& faults)
{
    Attributes attributes;
    for (const auto& header : request.headers) {
        auto name = header.name;
        std::ranges::transform(name, name.begin(),
                               [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        if (!name.starts_with("ce-")) continue;
        const auto value = percent_decode(header.value);
        if (!value || value->size() > attribute_bytes_max || !is_utf8(*value)
            || !is_header_safe(name, *value) || !is_extension_name(name.substr(3))) {
            faults.push_back({name, "is not a proper attribute of a CloudEvent"});
            continue;
        }
        const auto* known = std::ranges::find_if(
            places, [&](const Place& each) { return "ce-" + std::string{each.name} == name; });
        if (known != std::end(places)) attributes.*known->field = *value;
        else attributes.extensions.push_back({name, *value});
    }
    if (!faults.empty()) return std::nullopt;
    auto event = to_event(
        std::move(attributes), [](const char* name) { return "ce-" + std::string{name}; }, faults);
    if (!event) return std::nullopt;
    event->content_type = request.header("content-type");
    event->payload = std::make_shared<const std::string>(request.body);
    return event;
}

}  // namespace katydid::api
