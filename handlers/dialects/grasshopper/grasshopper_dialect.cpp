#include "handlers/dialects/grasshopper/grasshopper_dialect.hpp"

#include "handlers/dialects/grasshopper/type_map.hpp"

namespace katydid::dialects::grasshopper {
namespace {

Payload wrap(const Event& event, std::string_view type, std::string_view data)
{
    auto body = std::make_shared<std::string>();
    body->reserve(data.size() + 96);
    body->append(R"({"event":)").append(quote_json(type));
    body->append(R"(,"data":)").append(data);
    body->append(R"(,"timestamp":)").append(quote_json(to_rfc3339(event.occurred_at))).append("}");
    return body;
}

}  // namespace

Facts read_facts(std::string_view body, const json_text::Outline& outline)
{
    return read_envelope_facts(body, {"timestamp", "data"}, outline);
}

result<WireRequest> write(const Event& event)
{
    const auto type = map_type(event.type);
    if (!type) return Error{errc::not_found, "no counterpart in dialect grasshopper"};
    const auto opened = open_envelope(event);
    if (opened.has_error()) return opened.error();
    WireRequest request;
    request.scheme = "grasshopper";
    request.signed_id = event.id.to_string();
    request.signed_type = *type;
    request.headers = {{"Content-Type", "application/json"}};
    const bool as_it_came = opened->shape == Shape::grasshopper && *type == event.type;
    request.body = as_it_came ? event.payload : wrap(event, *type, opened->data);
    return request;
}

}  // namespace katydid::dialects::grasshopper
