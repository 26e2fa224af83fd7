#include "hub/receive/receiver.hpp"

#include "hub/core/codec/gzip.hpp"
#include "hub/core/id_text.hpp"
#include "hub/observe/log.hpp"
#include "hub/registry/named.hpp"

#include <algorithm>

namespace katydid::receive {
namespace {

constexpr std::string_view prefix = "/api/webhooks/";
constexpr std::size_t handshake_bytes_max = 16 * 1024;

/// The id of the event, or of the first of a batch that was split, and how many there are.
http::Response accepted(const store::Appended& stored, std::size_t events, bool is_repeat)
{
    constexpr std::size_t bytes_usual = 96;
    std::string body;
    body.reserve(bytes_usual);
    body.append(R"({"success":true,"id":")").append(EventTag::prefix);
    const auto id = to_ulid_digits(stored.event.bytes());
    body.append(id.data(), id.size()).push_back('"');
    if (events > 1) body += R"(,"events":)" + std::to_string(events);
    body += is_repeat ? R"(,"duplicate":true})" : "}";
    return http::Response::json(200, std::move(body));
}

/// What holds for all events of a request: it is a duplicate, or refused, if each of them is.
store::Appended in_common(const std::vector<store::Appended>& all)
{
    auto one = all.front();
    one.duplicate = std::ranges::all_of(
        all, [](const auto& each) { return each.duplicate || each.refused; });
    one.refused = std::ranges::all_of(all, &store::Appended::refused);
    return one;
}

/// The keys that are good now, for any time.
signing::KeyRing active_now(const signing::KeyRing& keys, Timestamp now)
{
    signing::KeyRing active;
    for (const auto& key : keys.keys)
        if (key.is_active(now)) active.keys.push_back({key.id, key.secret, {}, {}});
    return active;
}

}  // namespace

std::size_t choose_scheme(const registry::SourceEntry& source, const Headers& headers) noexcept
{
    for (std::size_t i = 0; i < source.schemes.size(); ++i)
        if (signing::mentions(*source.schemes[i], headers)) return i;
    return 0;
}

Receiver::Receiver(Parts parts)
    : parts_{std::move(parts)},
      proxies_{parts_.trusted_proxies},
      remote_keys_{parts_.fetcher, parts_.clock, parts_.ca_file},
      rejected_{parts_.store, parts_.vault, parts_.clock}
{}

void Receiver::add_routes(http::Router& router, std::size_t body_bytes_max)
{
    body_bytes_max_ = body_bytes_max;
    router.set_error_body(std::string{prefix}, http::Response::plain_error);
    for (const auto* pattern : {"/api/webhooks/{source}", "/api/webhooks/{tenant}/{source}"}) {
        http::Route route;
        route.method = "POST";
        route.pattern = pattern;
        route.body_bytes_max = body_bytes_max;
        route.content_coding = true;  // admit() knows which source takes which
        route.admit = [this](const http::Request& head) { return admit(head); };
        route.handle = [this](http::Request& request) { return receive(request); };
        router.add(std::move(route));
        for (const auto* method : {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"}) {
            http::Route other;
            other.method = method;
            other.pattern = pattern;
            other.body_bytes_max = handshake_bytes_max;
            other.handle = [this](http::Request& request) { return answer_handshake(request); };
            router.add(std::move(other));
        }
    }
}

registry::SourceEntryPtr Receiver::find_source(const http::Request& request) const
{
    const auto tenant_text = request.parameter("tenant");
    auto tenant = default_tenant();
    if (!tenant_text.empty()) {
        const auto named = registry::named_tenant(parts_.tables, tenant_text);
        if (!named) return nullptr;
        tenant = named->id;
    }
    return registry::named_source(parts_.tables, tenant, request.parameter("source"));
}

std::optional<http::Response>
Receiver::check_client_certificate(const registry::SourceEntry& source, const http::Peer& peer)
{
    const auto& wanted = source.source.settings.client_subject;
    if (wanted.empty() || wanted == peer.client_subject) return std::nullopt;
    parts_.metrics.event_rejected("client_certificate");
    if (may_log(source))
        log::warn("webhook.certificate_refused",
                  "the source takes webhooks under its client certificate only",
                  {{"source", source.source.name},
                   {"wanted", wanted},
                   {"shown", peer.client_subject},
                   {"client", peer.address.to_string()}});
    return http::Response::plain_error(
        403, peer.client_subject.empty() ? "This source asks for a TLS client certificate"
                                         : "The client certificate is not the one of this source");
}

std::optional<http::Response> Receiver::admit(const http::Request& head)
{
    const auto source = find_source(head);
    if (!source) {
        parts_.metrics.event_rejected("unknown_source");
        return http::Response::plain_error(404, "Unknown webhook source");
    }
    if (auto refused = check_client_certificate(*source, head.peer)) return refused;
    const auto coding = head.header("content-encoding");
    const bool is_known = equal_names(coding, "identity")
                          || (source->source.settings.gzip && is_gzip_coding(coding));
    if (!coding.empty() && !is_known) {
        parts_.metrics.event_rejected("content_encoding");
        return http::Response::plain_error(
            415, source->source.settings.gzip
                     ? "Send the body without Content-Encoding, or with gzip"
                     : "Send the body without Content-Encoding");
    }
    const auto shard = parts_.store.shard_of(source->source.tenant);
    if (parts_.store.shard_health(shard) != store::Health::ok) {
        parts_.metrics.event_rejected("store");
        return unavailable("The hub cannot store events now: try again");
    }
    return std::nullopt;
}

awaitable<http::Response> Receiver::receive(http::Request& request)
{
    const auto source = find_source(request);
    if (!source) co_return http::Response::plain_error(404, "Unknown webhook source");
    const auto index = choose_scheme(*source, request.headers);
    if (index >= source->schemes.size()) co_return unauthorised();
    auto url = source->is_plain ? source->source.settings.public_url
                                : proxies_.url_of(request, source->source.settings.public_url);
    Arrival arrival{*source, index, request, std::move(url), parts_.clock.now(), body_bytes_max_};
    arrival.outline = std::exchange(spare_outline_, {});
    if (!source->is_plain) {
        auto handshake = co_await try_handshakes(*source, arrival.view());
        if (handshake) co_return std::move(*handshake);
    }
    result<signing::Verdict> verdict{signing::Verdict{}};
    // A plain source waits for nothing, so that its webhooks pay for no coroutine here.
    if (source->is_plain) {
        verdict = signing::verify(arrival.scheme(), arrival.view(), arrival.keys(), arrival.at);
    } else {
        verdict = co_await remote_keys_.verify(arrival.scheme(), arrival.traits(), arrival.view(),
                                               arrival.keys(), arrival.at, source->source.id);
    }
    if (!verdict) co_return key_not_fetched(*source, verdict.error());
    const auto executor = co_await asio::this_coro::executor;
    auto judged = judge(arrival, std::move(*verdict));
    if (auto* refusal = std::get_if<Refused>(&judged))
        co_return reject(executor, arrival, std::move(*refusal));
    // What the store or a schema refuses is kept as it came, as far as that can happen.
    std::optional<KeptRequest> copy;
    if (may_be_refused_later(*source))
        copy = KeptRequest{request.target, arrival.url, request.headers, request.body};
    auto stored = co_await store_events(arrival, std::move(std::get<signing::Verified>(judged)));
    if (!stored && stored.error() != errc::invalid_argument)
        co_return not_stored(*source, stored.error());
    auto refusal = later_refusal(stored);
    if (!refusal) co_return answer_to(arrival, *stored);
    if (copy) {
        request.headers = std::move(copy->headers);
        request.body = std::move(copy->body);
    }
    co_return reject(executor, arrival, std::move(*refusal));
}

/// Whether what was verified may come in.
std::variant<signing::Verified, Receiver::Refused> Receiver::judge(const Arrival& arrival,
                                                                   signing::Verdict verdict) const
{
    using enum signing::RefusalReason;
    if (auto* refusal = std::get_if<signing::Refusal>(&verdict)) {
        const bool is_malformed = refusal->reason == body_malformed;
        if (is_malformed && arrival.gzip_fault) refusal->diagnosis = arrival.gzip_fault->message;
        const bool is_too_large = is_malformed && arrival.gzip_fault
                                  && *arrival.gzip_fault == errc::over_limit;
        return Refused{std::move(*refusal), is_malformed, is_too_large ? 413U : 0U};
    }
    auto& verified = std::get<signing::Verified>(verdict);
    if (arrival.gzip_fault)
        return Refused{{body_malformed, arrival.gzip_fault->message},
                       true,
                       *arrival.gzip_fault == errc::over_limit ? 413U : 0U};
    const auto& settings = arrival.source.source.settings;
    if (verified.type_unsigned && settings.unsigned_types == Unsigned::refuse)
        return Refused{{type_unsigned, "the signature is good, but the event's type stands where "
                                       "it does not cover it"},
                       true};
    return std::move(verified);
}

/// Stored in one transaction, without what the source's privacy table takes out. Of several events
/// the answer says what they have in common.
awaitable<result<store::Appended>> Receiver::store_events(Arrival& arrival,
                                                          signing::Verified verified)
{
    auto events = to_events(arrival, std::move(verified));
    arrival.events = events.size();
    if (events.size() > 1) return store_all(std::move(events), arrival.outline);
    auto stored = store_one(std::move(events.front()), arrival.outline);
    arrival.outline.clear();
    spare_outline_ = std::move(arrival.outline);
    return stored;
}

awaitable<result<store::Appended>> Receiver::store_one(intake::Arrived one,
                                                       const json_text::Outline& outline)
{
    auto strict = filter(one.event, outline);
    if (strict || parts_.before_append) return store_prepared(std::move(one), std::move(strict));
    intake::AcceptOptions options;
    options.identity = std::move(one.identity);
    return parts_.intake.accept(std::move(one.event), std::move(options));
}

awaitable<result<store::Appended>> Receiver::store_prepared(intake::Arrived one,
                                                            std::optional<std::string> strict)
{
    const auto prepared = co_await prepare(one.event, std::move(strict));
    if (!prepared) co_return prepared.error();
    intake::AcceptOptions options;
    options.identity = std::move(one.identity);
    auto stored = co_await parts_.intake.accept(std::move(one.event), std::move(options));
    co_return stored;
}

awaitable<result<store::Appended>> Receiver::store_all(ArrivedList events,
                                                       const json_text::Outline& outline)
{
    std::vector<intake::Arrived> all;
    all.reserve(events.size());
    for (auto& arrived : events) {
        auto strict = filter(arrived.event, outline);
        const auto prepared = co_await prepare(arrived.event, std::move(strict));
        if (!prepared) co_return prepared.error();
        all.push_back(std::move(arrived));
    }
    const auto stored = co_await parts_.intake.accept_all(std::move(all));
    if (!stored) co_return stored.error();
    co_return in_common(*stored);
}

std::optional<std::string> Receiver::filter(Event& event, const json_text::Outline& outline) const
{
    if (parts_.privacy == nullptr) return std::nullopt;
    return PrivacyGate{parts_.store, *parts_.privacy}.filter(event, outline);
}

awaitable<result<void>> Receiver::prepare(Event& event, std::optional<std::string> strict)
{
    if (strict) {
        PrivacyGate gate{parts_.store, *parts_.privacy};
        const auto respected = co_await gate.respect_opt_out(event, std::move(*strict));
        if (!respected) co_return respected.error();
    }
    if (parts_.before_append) co_await parts_.before_append(event);
    co_return result<void>{};
}

awaitable<result<store::Appended>> Receiver::take_in(Event event)
{
    return store_one({std::move(event)}, {});
}

bool Receiver::may_be_refused_later(const registry::SourceEntry& source) const
{
    const auto tenant = parts_.tables.tenant(source.source.tenant);
    return source.source.settings.repeats == Unsigned::refuse
           || (tenant && tenant->schema_mode != registry::SchemaMode::off);
}

std::optional<Receiver::Refused> Receiver::later_refusal(const result<store::Appended>& stored)
{
    if (!stored)
        return Refused{{signing::RefusalReason::schema_misfit, stored.error().message}, true};
    // Of a batch that was split, what is new was kept: the rest is said as for duplicates.
    if (!stored->refused) return std::nullopt;
    return Refused{
        {signing::RefusalReason::repeated,
         "the signature is good, but the event may be a repeat of " + stored->event.to_string()},
        true};
}

http::Response Receiver::key_not_fetched(const registry::SourceEntry& source, const Error& error)
{
    parts_.metrics.event_rejected("key_not_fetched");
    if (may_log(source))
        log::warn("webhook.key_not_fetched", error.message, {{"source", source.source.name}});
    return unavailable("The key to verify with cannot be fetched now: try again");
}

http::Response Receiver::not_stored(const registry::SourceEntry& source, const Error& error)
{
    log::warn("event.not_stored", error.message, {{"source", source.source.name}});
    return unavailable("The hub cannot store events now: try again");
}

http::Response Receiver::answer_to(const Arrival& arrival, const store::Appended& stored)
{
    const bool is_repeat = stored.duplicate || stored.refused;
    const auto kind = is_repeat ? signing::AnswerKind::duplicate : signing::AnswerKind::accepted;
    return answer(arrival.source, arrival.index, kind, accepted(stored, arrival.events, is_repeat));
}

bool Receiver::may_log(const registry::SourceEntry& source)
{
    return log_rate_.take(source.source.id.to_string(), parts_.clock.steady_now());
}

awaitable<result<Receiver::Replayed>> Receiver::replay(const store::Rejected& row, KeptRequest kept)
{
    const auto source = parts_.tables.source(row.tenant, row.source);
    if (!source || source->schemes.empty())
        co_return Error{errc::not_found, "The source of this request is gone."};
    http::Request request;
    request.method = row.method;
    request.target = std::move(kept.target);
    const auto mark = std::min(request.target.find('?'), request.target.size());
    request.path = request.target.substr(0, mark);
    request.query = request.target.substr(std::min(mark + 1, request.target.size()));
    request.headers = std::move(kept.headers);
    request.body = std::move(kept.body);
    const auto& public_url = source->source.settings.public_url;
    Arrival arrival{*source, choose_scheme(*source, request.headers),
                    request, public_url.empty() ? kept.url : proxies_.url_of(request, public_url),
                    row.at,  body_bytes_max_};
    const auto keys = active_now(arrival.keys(), parts_.clock.now());
    auto verdict = co_await remote_keys_.verify(arrival.scheme(), arrival.traits(), arrival.view(),
                                                keys, row.at, row.source);
    if (!verdict) co_return verdict.error();
    auto judged = judge(arrival, std::move(*verdict));
    if (auto* refused = std::get_if<Refused>(&judged)) {
        if (refused->is_verified) co_return Replayed{std::move(refused->refusal)};
        co_return Replayed{signing::diagnose(arrival.scheme(), arrival.view(), keys, row.at,
                                             std::move(refused->refusal))};
    }
    auto stored = co_await store_events(arrival, std::move(std::get<signing::Verified>(judged)));
    if (!stored && stored.error() != errc::invalid_argument) co_return stored.error();
    auto refused = later_refusal(stored);
    if (refused) co_return Replayed{std::move(refused->refusal)};
    co_return Replayed{*stored};
}

}  // namespace katydid::receive
