#include "hub/receive/normalise.hpp"

#include "handlers/atlvs/atlvs_dialect.hpp"
#include "handlers/grasshopper/grasshopper_dialect.hpp"
#include "hub/core/text.hpp"

#include <array>

namespace katydid::receive {
namespace {

constexpr std::array<std::string_view, 18> dropped{"authorization",
                                                   "connection",
                                                   "content-length",
                                                   "cookie",
                                                   "date",
                                                   "expect",
                                                   "forwarded",
                                                   "host",
                                                   "keep-alive",
                                                   "proxy-authorization",
                                                   "proxy-connection",
                                                   "te",
                                                   "trailer",
                                                   "transfer-encoding",
                                                   "upgrade",
                                                   "x-forwarded-for",
                                                   "x-forwarded-host",
                                                   "x-forwarded-proto"};

bool is_dropped(std::string_view name) noexcept
{
    for (const auto candidate : dropped)
        if (equal_names(candidate, name)) return true;
    return false;
}

/// What only the bodies of these schemes say: when it happened and what it is about.
result<handlers::Facts> facts_of(std::string_view scheme, std::string_view body)
{
    if (scheme == "atlvs") return handlers::atlvs::read_facts(body);
    if (scheme == "grasshopper") return handlers::grasshopper::read_facts(body);
    if (scheme == "standard-webhooks")
        return handlers::read_envelope_facts(body, "timestamp", "data");
    return handlers::Facts{};
}

/// What cannot be a subject of the API (PUT /v1/subjects/{subject}/privacy) is none here either.
std::string subject_of(const signing::Verified& verified)
{
    constexpr std::size_t subject_bytes_max = 256;
    const bool is_one = verified.subject.size() <= subject_bytes_max && is_utf8(verified.subject);
    return is_one ? verified.subject : std::string{};
}

}  // namespace

Headers provider_headers(const Headers& headers)
{
    Headers kept;
    kept.reserve(headers.size());
    for (const auto& header : headers)
        if (!is_dropped(header.name)) kept.push_back(header);
    return kept;
}

result<Event> normalise(const registry::SourceEntry& source, std::string_view scheme,
                        const signing::Verified& verified, http::Request& request)
{
    auto facts = facts_of(scheme, request.body);
    if (!facts) return facts.error();
    Event event;
    event.origin = Origin::received;
    event.tenant = source.source.tenant;
    event.source = source.source.name;
    event.type = verified.event_type.empty() ? source.source.name + ".received"
                                             : verified.event_type;
    event.external_id = verified.event_id;
    event.subject = subject_of(verified);
    event.key = std::move(facts->key);
    if (facts->occurred_at) event.occurred_at = *facts->occurred_at;
    event.content_type = request.header("content-type");
    event.traceparent = request.traceparent();
    event.headers = provider_headers(request.headers);
    event.payload = std::make_shared<const std::string>(std::move(request.body));
    return event;
}

}  // namespace katydid::receive
