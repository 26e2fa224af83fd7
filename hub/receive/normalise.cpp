#include "hub/receive/normalise.hpp"

#include "handlers/dialects/atlvs/atlvs_dialect.hpp"
#include "handlers/dialects/grasshopper/grasshopper_dialect.hpp"
#include "hub/core/codec/utf8.hpp"
#include "hub/core/text/reserved.hpp"
#include "hub/receive/credentials.hpp"
#include "signing/request/batch.hpp"
#include "signing/algorithms/digest.hpp"

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
        if (candidate.size() == name.size() && equal_names(candidate, name)) return true;
    return is_hub_header(name);
}

/// Whether the log of requests and the traces ask for it once the request is answered.
bool is_told_later(std::string_view name) noexcept
{
    return equal_names(name, "user-agent") || equal_names(name, "traceparent");
}

/// What only the bodies of these schemes say: when it happened and what it is about.
dialects::Facts facts_of(std::string_view scheme, std::string_view body,
                         const json_text::Outline& outline)
{
    if (scheme == "atlvs") return dialects::atlvs::read_facts(body, outline);
    if (scheme == "grasshopper") return dialects::grasshopper::read_facts(body, outline);
    if (scheme == "standard-webhooks")
        return dialects::read_envelope_facts(body, {"timestamp", "data"}, outline);
    return {};
}

/// What cannot be a subject of the API (PUT /v1/subjects/{subject}/privacy) is none here either.
std::string bounded_subject(std::string subject)
{
    constexpr std::size_t subject_bytes_max = 256;
    const bool is_one = subject.size() <= subject_bytes_max && is_utf8(subject);
    return is_one ? std::move(subject) : std::string{};
}

/// Makes the keyed hashes by which an event is known again. The key is the one that verified the
/// request, so they tell nothing to who lacks it.
class Marks {
public:
    Marks(const registry::SourceEntry& source, const signing::Verified& verified)
        : verified_{verified},
          refuses_repeats_{source.source.settings.repeats == Unsigned::refuse}
    {
        for (const auto& key : source.keys->keys)
            if (key.id == verified.key) secret_ = key.secret.text();
    }

    struct Told {
        std::string_view payload;
        std::string_view id;  ///< empty: its sender gave none
        bool id_unsigned;
        std::string_view part;  ///< of the request the event is; empty: all of it
    };
    [[nodiscard]] store::Identity identity_of(const Told& told) const
    {
        store::Identity identity;
        identity.refuses_repeats = refuses_repeats_;
        if (!told.id.empty() && !told.id_unsigned) return identity;
        if (!told.id.empty()) {
            identity.id_is_hint = true;
            const auto body = signing::digest(signing::Hash::sha256, told.payload);
            identity.same.push_back(hash("id", told.id, body.view()));
        }
        // A part of a batch that is known by a signed id is known by that and its place.
        const bool is_known = !verified_.event_id.empty() && !verified_.id_unsigned;
        auto& marks = verified_.time_signed || is_known ? identity.same : identity.like;
        marks.push_back(
            hash("request",
                 is_known ? std::string_view{verified_.event_id} : verified_.request_hash.view(),
                 told.part));
        return identity;
    }

private:
    [[nodiscard]] std::string hash(std::string_view what, std::string_view first,
                                   std::string_view second) const
    {
        constexpr std::size_t bytes = 16;
        const auto size = std::to_string(first.size());
        const std::array<std::string_view, 5> parts{what, ":", size, first, second};
        const auto made = signing::hmac(signing::Hash::sha256, secret_, parts);
        return std::string{made.view().substr(0, bytes)};
    }

    const signing::Verified& verified_;
    std::string_view secret_;
    const bool refuses_repeats_;
};

/// What all events of the request share.
Event common_event(Arrival& arrival, signing::Verified& verified)
{
    const auto& source = arrival.source.source;
    Event event;
    event.origin = Origin::received;
    event.tenant = source.tenant;
    event.source = source.name;
    event.type = std::move(verified.event_type);
    if (event.type.empty()) event.type = source.name + ".received";
    event.type_unsigned = verified.type_unsigned;
    event.subject = bounded_subject(std::move(verified.subject));
    event.content_type = arrival.request.header("content-type");
    event.traceparent = arrival.request.traceparent();
    event.headers = provider_headers(std::move(arrival.request.headers));
    return event;
}

/// No provider's id is as long: it would be stored and listed with the event. Its hash tells as
/// much.
void bound_id(std::string& id)
{
    constexpr std::size_t id_bytes_max = 512;
    if (id.size() > id_bytes_max) id = "sha256-" + signing::sha256_hex(id);
}

/// Leaves the uncompressed body in the request. Returns the compressed bytes where they are what
/// the sender signed.
Payload uncompress(Arrival& arrival, const signing::Verified& verified)
{
    auto& request = arrival.request;
    if (!arrival.is_compressed) return nullptr;
    auto compressed = std::exchange(request.body, std::move(arrival.plain_body));
    std::erase_if(request.headers, [](const Header& header) {
        return equal_names(header.name, "content-encoding");
    });
    if (verified.plain_signed) return nullptr;
    return std::make_shared<const std::string>(std::move(compressed));
}

ArrivedList split(const std::vector<signing::BatchItem>& items, Event common, const Marks& marks,
                  bool is_unsigned)
{
    const bool are_cloud_events = common.content_type.starts_with("application/cloudevents");
    common.content_type = are_cloud_events ? "application/cloudevents+json" : "application/json";
    ArrivedList events;
    events.reserve(items.size());
    for (const auto& item : items) {
        auto& [event, identity] = events.emplace_back(common);
        const auto part = "/" + std::to_string(events.size() - 1);
        identity = marks.identity_of({item.text, item.id, is_unsigned, part});
        if (!item.type.empty()) {
            event.type = item.type;
            event.type_unsigned = is_unsigned;
        }
        event.external_id = item.id;
        bound_id(event.external_id);
        event.payload = std::make_shared<const std::string>(item.text);
    }
    return events;
}

}  // namespace

Headers provider_headers(Headers&& headers)
{
    Headers kept;
    kept.reserve(headers.size());
    for (auto& header : headers) {
        if (is_dropped(header.name)) continue;
        if (is_told_later(header.name)) kept.push_back(header);
        else kept.push_back(std::move(header));
    }
    return kept;
}

ArrivedList to_events(Arrival& arrival, signing::Verified verified)
{
    auto& request = arrival.request;
    auto compressed = uncompress(arrival, verified);
    if (take_out_credentials(arrival.source, request.headers, request.body)) {
        arrival.outline.clear();
        compressed.reset();
    }
    std::optional<std::vector<signing::BatchItem>> items;
    if (arrival.source.source.settings.split)
        items = signing::read_batch(arrival.scheme(), request.headers, request.body);
    auto event = common_event(arrival, verified);
    const Marks marks{arrival.source, verified};
    if (items) return split(*items, std::move(event), marks, verified.body_unsigned);
    auto facts = facts_of(arrival.scheme_name(), request.body, arrival.outline);
    event.key = std::move(facts.key);
    if (facts.occurred_at) event.occurred_at = *facts.occurred_at;
    event.compressed = std::move(compressed);
    bound_id(verified.event_id);
    auto identity = marks.identity_of({request.body, verified.event_id, verified.id_unsigned, {}});
    event.external_id = std::move(verified.event_id);
    event.payload = std::make_shared<const std::string>(std::move(request.body));
    ArrivedList events;
    events.push_back({std::move(event), std::move(identity)});
    return events;
}

}  // namespace katydid::receive
