#include "handlers/dialects/dialects.hpp"

#include "handlers/dialects/atlvs/atlvs_dialect.hpp"
#include "handlers/dialects/grasshopper/grasshopper_dialect.hpp"
#include "hub/core/codec/percent.hpp"
#include "hub/core/subscription/subscription.hpp"
#include "hub/core/text/reserved.hpp"
#include "hub/core/text/trace_context.hpp"

#include <algorithm>
#include <array>

namespace katydid::dialects {
namespace {

constexpr std::size_t headers_usual = 8;
constexpr std::string_view octets = "application/octet-stream";

/// Of the message it came with, or a credential; what belongs to a connection has its own list.
constexpr std::array<std::string_view, 5> not_passed_on{
    "content-type", "content-encoding", "accept-encoding", "authorization", "cookie"};

/// Only this hub writes `katydid-*`.
bool is_passed_on(std::string name)
{
    std::ranges::replace(name, '_', '-');  // as many receivers read it
    const auto is_named = [&](std::string_view other) { return equal_names(other, name); };
    return !is_connection_header(name) && !is_hub_header(name)
           && std::ranges::none_of(not_passed_on, is_named);
}

std::string content_type_of(const Event& event)
{
    return event.content_type.empty() ? std::string{octets} : event.content_type;
}

/// RFC 3986 percent-encoding of everything but printable ASCII, space, quote and percent, as the
/// CloudEvents HTTP binding writes header values (section 3.1.3.2).
std::string encode_attribute(std::string_view text)
{
    return percent_encode(text, "!#$&'()*+,-./:;<=>?@[\\]^_`{|}~");
}

void add_context(Headers& headers, const Event& event, const WireContext& context)
{
    headers.push_back({"katydid-event-type", event.type});
    headers.push_back({"katydid-delivery", context.delivery.to_string()});
    headers.push_back({"katydid-attempt", std::to_string(context.attempt)});
    if (event.traceparent.empty()) return;
    headers.push_back({"traceparent", context.is_traced
                                          ? attempt_traceparent(event.traceparent, context.delivery,
                                                                context.attempt)
                                          : event.traceparent});
}

}  // namespace

const std::string_view user_agent = "Katydid/" KATYDID_VERSION;

WireRequest write_standard(const Event& event, const WireContext& context)
{
    WireRequest request;
    request.scheme = "standard-webhooks";
    request.signed_id = event.id.to_string();
    request.signed_type = event.type;
    request.headers.reserve(headers_usual);
    request.headers.push_back({"Content-Type", content_type_of(event)});
    request.headers.push_back({"webhook-id", request.signed_id});
    add_context(request.headers, event, context);
    request.body = event.payload;
    return request;
}

WireRequest write_raw(const Event& event)
{
    WireRequest request;
    request.is_passed_on = true;
    request.headers.push_back({"Content-Type", content_type_of(event)});
    for (const auto& header : event.headers)
        if (is_passed_on(header.name)) request.headers.push_back(header);
    // What came compressed is what its sender signed.
    if (event.compressed) request.headers.push_back({"Content-Encoding", "gzip"});
    request.body = event.compressed ? event.compressed : event.payload;
    return request;
}

WireRequest write_cloudevents(const Event& event, const WireContext& context)
{
    auto request = write_standard(event, context);
    const auto source = event.source.empty() ? std::string{"/v1/events"}
                                             : "/api/webhooks/" + event.source;
    request.headers.push_back({"ce-specversion", "1.0"});
    request.headers.push_back({"ce-id", request.signed_id});
    request.headers.push_back({"ce-source", encode_attribute(source)});
    request.headers.push_back({"ce-type", encode_attribute(event.type)});
    request.headers.push_back({"ce-time", to_rfc3339(event.occurred_at)});
    if (!event.subject.empty())
        request.headers.push_back({"ce-subject", encode_attribute(event.subject)});
    return request;
}

result<WireRequest> write(Dialect dialect, const Event& event, const WireContext& context)
{
    switch (dialect) {
    case Dialect::standard: return write_standard(event, context);
    case Dialect::raw: return write_raw(event);
    case Dialect::cloudevents: return write_cloudevents(event, context);
    case Dialect::atlvs: return atlvs::write(event);
    case Dialect::grasshopper: return grasshopper::write(event);
    }
    return Error{errc::internal, "an unknown dialect"};
}

}  // namespace katydid::dialects
