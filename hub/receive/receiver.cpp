#include "hub/receive/receiver.hpp"

#include "hub/http/sandbox.hpp"
#include "hub/observe/log.hpp"
#include "hub/receive/gzip.hpp"
#include "hub/receive/normalise.hpp"

#include <algorithm>

namespace katydid::receive {
namespace {

constexpr std::string_view prefix = "/api/webhooks/";
constexpr std::size_t handshake_bytes_max = 16 * 1024;

http::Response accepted(const store::Appended& appended)
{
    std::string body = R"({"success":true,"id":")" + appended.event.to_string() + '"';
    body += appended.duplicate ? R"(,"duplicate":true})" : "}";
    return http::Response::json(200, std::move(body));
}

/// The provider's own answer, where its scheme has one.
http::Response answer(const registry::SourceEntry& source, std::size_t index,
                      signing::AnswerKind kind, http::Response usual)
{
    if (source.is_plain || !source.traits[index].has_own_answers) return usual;
    auto own = signing::custom_answer(*source.schemes[index], kind);
    const auto status = own.status == 0 ? usual.status : own.status;
    if (own.body) return http::sandboxed(http::Response::text(status, std::move(*own.body)));
    usual.status = status;
    return usual;
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

http::Response unauthorised()
{
    return http::Response::plain_error(401, "Invalid webhook signature");
}

http::Response unavailable(std::string_view why)
{
    auto response = http::Response::plain_error(503, why);
    response.with("Retry-After", "5");
    return response;
}

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
      quarantine_{parts_.store, parts_.vault, parts_.clock}
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
            other.handle = [this](http::Request& request) { return shake_hands(request); };
            router.add(std::move(other));
        }
    }
}

registry::SourceEntryPtr Receiver::find_source(const http::Request& request) const
{
    const auto tenant_text = request.parameter("tenant");
    const auto tenant = tenant_text.empty() ? default_tenant() : TenantId::parse(tenant_text);
    return tenant ? parts_.tables.source(*tenant, request.parameter("source")) : nullptr;
}

std::optional<http::Response> Receiver::judge_certificate(const registry::SourceEntry& source,
                                                          const http::Peer& peer)
{
    const auto& wanted = source.settings.client_subject;
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
    if (auto refused = judge_certificate(*source, head.peer)) return refused;
    const auto coding = head.header("content-encoding");
    const bool is_known = equal_names(coding, "identity")
                          || (source->settings.gzip && equal_names(coding, "gzip"));
    if (!coding.empty() && !is_known) {
        parts_.metrics.event_rejected("content_encoding");
        return http::Response::plain_error(
            415, source->settings.gzip ? "Send the body without Content-Encoding, or with gzip"
                                       : "Send the body without Content-Encoding");
    }
    if (parts_.store.health() != store::Health::ok) {
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
    if (!source->is_plain) {
        auto response = co_await receive_with_care(*source, index, request);
        co_return response;
    }
    const signing::RequestView view{request.method,     request.target,
                                    source->settings.public_url, request.headers,
                                    request.body,       is_gzipped(request.headers),
                                    source->expected()};
    const auto now = parts_.clock.now();
    auto raw = signing::verify(*source->schemes[index], view, *source->scheme_keys[index], now);
    auto verdict = unpack(*source, index, std::move(raw), request, now);
    if (!verdict) co_return bad_body(verdict.error());
    if (auto* refusal = std::get_if<signing::Refusal>(&*verdict)) {
        const auto executor = co_await asio::this_coro::executor;
        co_return refuse(executor, *source, index, request, std::move(*refusal));
    }
    auto event = normalise(*source, source->source.schemes[index],
                           std::get<signing::Verified>(*verdict), request);
    if (!event) co_return bad_body(event.error());
    const auto appended = co_await take_in(std::move(*event));
    co_return answer_to(*source, index, appended);
}

/// Handshakes among the POSTs, keys that are fetched, URLs that are signed.
awaitable<http::Response> Receiver::receive_with_care(const registry::SourceEntry& source,
                                                      std::size_t index, http::Request& request)
{
    const auto url = proxies_.url_of(request, source.settings.public_url);
    const signing::RequestView view{request.method,    request.target, url, request.headers,
                                    request.body,      is_gzipped(request.headers),
                                    source.expected()};
    auto handshake = co_await try_handshakes(source, view);
    if (handshake) co_return std::move(*handshake);
    const auto now = parts_.clock.now();
    auto raw = co_await remote_keys_.verify(*source.schemes[index], source.traits[index], view,
                                            *source.scheme_keys[index], now, source.source.id);
    if (!raw) {
        parts_.metrics.event_rejected("key_not_fetched");
        if (may_log(source))
            log::warn("webhook.key_not_fetched", raw.error().message,
                      {{"source", source.source.name}});
        co_return unavailable("The key to verify with cannot be fetched now: try again");
    }
    auto verdict = unpack(source, index, std::move(*raw), request, now);
    if (!verdict) co_return bad_body(verdict.error());
    if (auto* refusal = std::get_if<signing::Refusal>(&*verdict)) {
        const auto executor = co_await asio::this_coro::executor;
        co_return refuse(executor, source, index, request, std::move(*refusal));
    }
    auto event = normalise(source, source.source.schemes[index],
                           std::get<signing::Verified>(*verdict), request);
    if (!event) co_return bad_body(event.error());
    const auto appended = co_await take_in(std::move(*event));
    co_return answer_to(source, index, appended);
}

/// Verified first, over the bytes as they came; only then unpacked. What is refused stays packed,
/// as the quarantine wants it.
result<signing::Verdict> Receiver::unpack(const registry::SourceEntry& source, std::size_t index,
                                          signing::Verdict verdict, http::Request& request,
                                          Timestamp now) const
{
    const auto* verified = std::get_if<signing::Verified>(&verdict);
    if (verified == nullptr || !is_gzipped(request.headers)) return verdict;
    auto body = gunzip(request.body, body_bytes_max_);
    if (!body) return body.error();
    const signing::RequestView view{request.method, request.target, source.settings.public_url,
                                    request.headers, *body, false, source.expected()};
    verdict = signing::verify_unpacked(*source.schemes[index], view, verified->key, now);
    if (std::holds_alternative<signing::Refusal>(verdict)) return verdict;
    request.body = std::move(*body);
    std::erase_if(request.headers, [](const Header& header) {
        return equal_names(header.name, "content-encoding");
    });
    return verdict;
}

/// A verified event, without what its source's privacy table takes out.
awaitable<result<store::Appended>> Receiver::take_in(Event event)
{
    if (parts_.privacy != nullptr && parts_.privacy->of(event.source) != nullptr) {
        PrivacyGate gate{parts_.store, *parts_.privacy};
        const auto passed = co_await gate.pass(event);
        if (!passed) co_return passed.error();
    }
    if (parts_.before_append) co_await parts_.before_append(event);
    auto appended = co_await parts_.intake.accept(std::move(event));
    co_return appended;
}

http::Response Receiver::bad_body(const Error& error)
{
    parts_.metrics.event_rejected("body");
    return http::Response::plain_error(error == errc::over_limit ? 413 : 400, error.message);
}

http::Response Receiver::answer_to(const registry::SourceEntry& source, std::size_t index,
                                   const result<store::Appended>& appended)
{
    if (!appended && appended.error() == errc::invalid_argument)
        return http::Response::plain_error(422, appended.error().message);
    if (!appended) {
        log::warn("event.not_stored", appended.error().message, {{"source", source.source.name}});
        return unavailable("The hub cannot store events now: try again");
    }
    const auto kind = appended->duplicate ? signing::AnswerKind::duplicate
                                          : signing::AnswerKind::accepted;
    return answer(source, index, kind, accepted(*appended));
}

bool Receiver::may_log(const registry::SourceEntry& source)
{
    return log_rate_.take(source.source.id.to_string(), parts_.clock.steady_now());
}

http::Response Receiver::refuse(const asio::any_io_executor& executor,
                                const registry::SourceEntry& source, std::size_t index,
                                http::Request& request, signing::Refusal refusal)
{
    if (refusal.reason == signing::RefusalReason::body_malformed) {
        parts_.metrics.event_rejected("body");
        return http::Response::plain_error(400, "Invalid JSON body");
    }
    parts_.metrics.event_rejected(signing::to_text(refusal.reason));
    const auto refused = answer(source, index, signing::AnswerKind::rejected, unauthorised());
    const auto id = quarantine_.admit(source.source.id);
    if (!id) return refused;
    const auto& scheme = *source.schemes[index];
    auto url = proxies_.url_of(request, source.settings.public_url);
    const auto now = parts_.clock.now();
    // The diagnosis tries many variants: a stranger must not be able to make the hub do so often.
    if (may_log(source)) {
        const signing::RequestView view{request.method, request.target, url, request.headers,
                                        request.body, false, source.expected()};
        refusal = signing::diagnose(scheme, view, *source.scheme_keys[index], now,
                                    std::move(refusal));
    }
    auto client = proxies_.client_of(request);
    log::warn("webhook.refused", refusal.diagnosis,
              {{"source", source.source.name},
               {"request", id->to_string()},
               {"reason", signing::to_text(refusal.reason)},
               {"mend", signing::mend_of(refusal.reason)},
               {"scheme", signing::scheme_name(scheme)},
               {"client", client}});
    quarantine_.keep(
        executor, source.source,
        {*id,
         std::move(refusal),
         request.method,
         std::move(client),
         {request.target, std::move(url), std::move(request.headers), std::move(request.body)}});
    return refused;
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
    const auto& public_url = source->settings.public_url;
    const auto url = public_url.empty() ? kept.url : proxies_.url_of(request, public_url);
    const auto index = choose_scheme(*source, request.headers);
    const auto& scheme = *source->schemes[index];
    const signing::RequestView view{request.method,    request.target, url, request.headers,
                                    request.body,      is_gzipped(request.headers),
                                    source->expected()};
    const auto keys = active_now(*source->scheme_keys[index], parts_.clock.now());
    auto raw = co_await remote_keys_.verify(scheme, source->traits[index], view, keys, row.at,
                                            row.source);
    if (!raw) co_return raw.error();
    auto verdict = unpack(*source, index, std::move(*raw), request, row.at);
    if (!verdict) co_return verdict.error();
    if (auto* refusal = std::get_if<signing::Refusal>(&*verdict))
        co_return Replayed{signing::diagnose(scheme, view, keys, row.at, std::move(*refusal))};
    auto event = normalise(*source, source->source.schemes[index],
                           std::get<signing::Verified>(*verdict), request);
    if (!event) co_return event.error();
    auto appended = co_await take_in(std::move(*event));
    if (!appended) co_return appended.error();
    co_return Replayed{*appended};
}

}  // namespace katydid::receive
