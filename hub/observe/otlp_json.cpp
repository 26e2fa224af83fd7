#include "hub/observe/otlp_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace katydid::observe {
namespace {

namespace json = boost::json;

constexpr int status_error = 2;

json::object attribute(std::string_view name, json::object value)
{
    return {{"key", name}, {"value", std::move(value)}};
}

json::object value_json(const SpanValue& value)
{
    struct Visitor {
        json::object operator()(const std::string& text) const { return {{"stringValue", text}}; }
        json::object operator()(std::int64_t number) const
        {
            return {{"intValue", std::to_string(number)}};
        }
        json::object operator()(bool flag) const { return {{"boolValue", flag}}; }
    };
    return std::visit(Visitor{}, value);
}

json::object span_json(const Span& span)
{
    json::array attributes;
    for (const auto& [name, value] : span.attributes)
        attributes.push_back(attribute(name, value_json(value)));
    const auto start = span.end - span.duration;
    json::object object{{"traceId", to_text(span.context.trace)},
                        {"spanId", to_text(span.context.span)},
                        {"name", span.name},
                        {"kind", static_cast<int>(span.kind)},
                        {"startTimeUnixNano", std::to_string(start.time_since_epoch().count())},
                        {"endTimeUnixNano", std::to_string(span.end.time_since_epoch().count())},
                        {"attributes", std::move(attributes)}};
    if (span.parent != SpanId{}) object["parentSpanId"] = to_text(span.parent);
    if (!span.error.empty())
        object["status"] = json::object{{"code", status_error}, {"message", span.error}};
    return object;
}

}  // namespace

std::string otlp_json(std::span<const Span> spans, std::string_view service_instance)
{
    json::array list;
    for (const auto& span : spans) list.push_back(span_json(span));
    json::array resource;
    resource.push_back(attribute("service.name", {{"stringValue", "katydid"}}));
    resource.push_back(attribute("service.version", {{"stringValue", KATYDID_VERSION}}));
    resource.push_back(attribute("service.instance.id", {{"stringValue", service_instance}}));
    const json::object scope_spans{{"scope", {{"name", "katydid"}, {"version", KATYDID_VERSION}}},
                                   {"spans", std::move(list)}};
    const json::object resource_spans{{"resource", {{"attributes", std::move(resource)}}},
                                      {"scopeSpans", json::array{scope_spans}}};
    return json::serialize(json::object{{"resourceSpans", json::array{resource_spans}}});
}

}  // namespace katydid::observe
