// Bodies of POST /v1/events.
#include "hub/api/traffic/publish.hpp"
#include "hub/input/schemas.hpp"
#include "hub/api/protocol/request_check.hpp"
#include "hub/core/json/fields.hpp"
#include "hub/core/json/scan.hpp"
#include "hub/core/text/reserved.hpp"

#include <algorithm>

namespace katydid::api {

namespace json = boost::json;

std::optional<json::value> parse_event(std::string_view text, const std::string& pointer,
                                       std::vector<Fault>& faults)
{
    std::vector<Fault> own;
    auto body = input::parse_object(text, own, "data");
    if (!body) own.push_back({"", body.error().message});
    for (auto& fault : own) faults.push_back({pointer + fault.pointer, std::move(fault.detail)});
    if (!own.empty()) return std::nullopt;
    return std::move(*body);
}

namespace {

constexpr std::size_t faults_max = 20;

bool is_type_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.'
           || c == '_' || c == '-' || c == ':' || c == '/';
}

std::optional<Event> read_event(std::string_view text, const std::string& pointer,
                                std::vector<Fault>& faults)
{
    const auto count = faults.size();
    auto body = parse_event(text, pointer, faults);
    if (!body) return std::nullopt;
    input::take_what_fits("Publication", *body, faults, pointer);
    Event event;
    FieldReader read{body->get_object(), pointer, faults};
    read("type", event.type);
    read("id", event.external_id);
    read("subject", event.subject);
    read("key", event.key);
    read("occurred_at", event.occurred_at);
    if (auto fault = type_fault(event.type); !fault.empty() && body->get_object().contains("type"))
        faults.push_back({pointer + "/type", std::move(fault)});
    if (faults.size() != count) return std::nullopt;
    event.content_type = "application/json";
    event.payload = std::make_shared<const std::string>(
        json_text::find(text, "/data").value_or("null"));
    return event;
}

using ReadOne = std::optional<Event> (*)(std::string_view text, const std::string& pointer,
                                         std::vector<Fault>& faults);

void read_all(const std::vector<std::string_view>& texts, ReadOne read, Published& published,
              std::vector<Fault>& faults)
{
    published.is_many = true;
    if (texts.empty()) faults.push_back({"", "holds no event"});
    if (texts.size() > publish_events_max)
        faults.push_back(
            {"", "has more than " + std::to_string(publish_events_max) + " events: send several"});
    for (std::size_t i = 0; i < texts.size() && faults.size() < faults_max; ++i)
        if (auto event = read(texts[i], "/" + std::to_string(i), faults))
            published.events.push_back(std::move(*event));
}

std::vector<std::string_view> lines_of(std::string_view body)
{
    std::vector<std::string_view> lines;
    while (!body.empty()) {
        const auto end = body.find('\n');
        auto line = body.substr(0, end);
        body = end == std::string_view::npos ? std::string_view{} : body.substr(end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.find_first_not_of(" \t") != std::string_view::npos) lines.push_back(line);
        if (lines.size() > publish_events_max) break;
    }
    return lines;
}

/// Whether the body is JSON at all.
bool is_json(std::string_view body, http::Response& response)
{
    json::error_code error;
    json::parse_options options;
    options.max_depth = 34;  // a list of events, each 32 deep at most, and its members
    json::monotonic_resource memory;
    static_cast<void>(json::parse(body, error, &memory, options));
    if (!error) return true;
    response = http::Response::problem(400, "The body " + input::json_fault(body, error));
    return false;
}

bool is_list(std::string_view body)
{
    const auto first = body.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && body[first] == '[';
}

/// The elements of the list that the body is, by the look of it; nullopt: it is none, or no JSON.
std::optional<std::vector<std::string_view>> elements_of(std::string_view body)
{
    auto elements = json_text::elements(body);
    if (!elements || elements->empty()) return elements;
    const auto* const end = elements->back().data() + elements->back().size();
    const auto rest = body.substr(static_cast<std::size_t>(end - body.data()));
    const auto bracket = rest.find(']');
    if (rest.find_first_not_of(" \t\r\n", bracket + 1) != std::string_view::npos)
        return std::nullopt;
    return elements;
}

/// Each event is parsed once, by itself: all together only to say what is wrong.
bool read_json(const http::Request& request, ReadOne read, bool must_be_list, Published& published,
               std::vector<Fault>& faults, http::Response& response)
{
    const std::string_view body{request.body};
    if (is_list(body)) {
        const auto elements = elements_of(body);
        if (!elements) faults.push_back({"", "is no list of events"});
        else read_all(*elements, read, published, faults);
    } else if (must_be_list) {
        faults.push_back({"", "must be a list of events"});
    } else if (auto event = read(body, "", faults)) {
        published.events.push_back(std::move(*event));
    }
    return faults.empty() || is_json(body, response);
}

bool is_binary(const http::Request& request)
{
    return std::ranges::any_of(request.headers, [](const Header& header) {
        return equal_names(header.name, "ce-specversion");
    });
}

}  // namespace

std::string type_fault(std::string_view type)
{
    if (is_internal_type(type))
        return "\"katydid.*\" and \"bridge.*\" are kept for the hub's own events";
    if (type.empty() || type.size() > event_type_bytes_max) return "must have 1 to 200 characters";
    if (!std::ranges::all_of(type, is_type_character))
        return "may have letters, digits and . _ - : / only";
    return {};
}

std::optional<Published> read_published(const http::Request& request, http::Response& response)
{
    Published published;
    std::vector<Fault> faults;
    const auto type = media_type_of(request);
    bool is_read = true;
    if (is_binary(request)) {
        if (auto event = read_binary_cloud_event(request, faults))
            published.events.push_back(std::move(*event));
    } else if (type == "application/x-ndjson") {
        read_all(lines_of(request.body), read_event, published, faults);
    } else if (type == "application/cloudevents+json") {
        is_read = read_json(request, read_cloud_event, false, published, faults, response);
        if (published.is_many) faults.push_back({"", "must be one event"});
    } else if (type == "application/cloudevents-batch+json") {
        is_read = read_json(request, read_cloud_event, true, published, faults, response);
    } else if (type.empty() || type == "application/json") {
        is_read = read_json(request, read_event, false, published, faults, response);
    } else {
        response = http::Response::problem(
            415, "Send events as application/json, application/x-ndjson, "
                 "application/cloudevents+json or application/cloudevents-batch+json, or as a "
                 "CloudEvent in ce-… headers.");
        is_read = false;
    }
    if (!is_read) return std::nullopt;
    if (!faults.empty()) {
        response = input::faults_response(faults);
        return std::nullopt;
    }
    for (auto& event : published.events)
        if (event.traceparent.empty()) event.traceparent = request.traceparent();
    return published;
}

}  // namespace katydid::api
