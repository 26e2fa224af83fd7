#include "handlers/dialects/atlvs/atlvs_dialect.hpp"

namespace katydid::dialects::atlvs {
namespace {

Payload wrap(const Event& event, std::string_view data)
{
    auto body = std::make_shared<std::string>();
    body->reserve(data.size() + 128);
    body->append(R"({"id":)").append(quote_json(event.id.to_string()));
    body->append(R"(,"name":)").append(quote_json(event.type));
    body->append(R"(,"occurredAt":)").append(quote_json(to_rfc3339(event.occurred_at)));
    body->append(R"(,"payload":)").append(data).append("}");
    return body;
}

}  // namespace

Facts read_facts(std::string_view body, const json_text::Outline& outline)
{
    return read_envelope_facts(body, {"occurredAt", "payload"}, outline);
}

result<WireRequest> write(const Event& event)
{
    const auto opened = open_envelope(event);
    if (opened.has_error()) return opened.error();
    WireRequest request;
    request.scheme = "atlvs";
    request.signed_id = event.id.to_string();
    request.signed_type = event.type;
    request.headers = {{"Content-Type", "application/json"},
                       {"X-Webhook-Id", request.signed_id},
                       {"X-Webhook-Event", event.type}};
    request.body = opened->shape == Shape::atlvs ? event.payload : wrap(event, opened->data);
    return request;
}

}  // namespace katydid::dialects::atlvs
