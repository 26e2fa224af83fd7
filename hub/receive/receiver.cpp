#include "hub/receive/receiver.hpp"

#include "hub/observe/log.hpp"
#include "hub/receive/normalise.hpp"

namespace katydid::receive {
namespace {

constexpr std::string_view prefix = "/api/webhooks/";
constexpr milliseconds diagnosis_interval{100};

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

http::Response accepted(const store::Appended& appended)
{
    std::string body = R"({"success":true,"id":")" + appended.event.to_string() + '"';
    body += appended.duplicate ? R"(,"duplicate":true})" : "}";
    return http::Response::json(200, std::move(body));
}

/// Index of the first scheme whose signature the request carries, else of the first one.
std::size_t choose_scheme(const registry::SourceEntry& source, const Headers& headers)
{
    for (std::size_t i = 0; i < source.schemes.size(); ++i)
        if (signing::mentions(*source.schemes[i], headers)) return i;
    return 0;
}

}  // namespace

Receiver::Receiver(const registry::Tables& tables, intake::Intake& intake,
                   const store::Store& store, const Clock& clock, observe::Metrics& metrics)
    : tables_{tables},
      intake_{intake},
      store_{store},
      clock_{clock},
      metrics_{metrics}
{}

void Receiver::add_routes(http::Router& router, std::size_t body_bytes_max)
{
    router.set_error_body(std::string{prefix}, http::Response::plain_error);
    for (const auto* pattern : {"/api/webhooks/{source}", "/api/webhooks/{tenant}/{source}"}) {
        http::Route route;
        route.method = "POST";
        route.pattern = pattern;
        route.body_bytes_max = body_bytes_max;
        route.admit = [this](const http::Request& head) { return admit(head); };
        route.handle = [this](http::Request& request) { return receive(request); };
        router.add(std::move(route));
    }
}

registry::SourceEntryPtr Receiver::find_source(const http::Request& request) const
{
    const auto tenant_text = request.parameter("tenant");
    const auto tenant = tenant_text.empty() ? default_tenant() : TenantId::parse(tenant_text);
    return tenant ? tables_.source(*tenant, request.parameter("source")) : nullptr;
}

std::optional<http::Response> Receiver::admit(const http::Request& head) const
{
    if (!find_source(head)) {
        metrics_.event_rejected("unknown_source");
        return http::Response::plain_error(404, "Unknown webhook source");
    }
    const auto coding = head.header("content-encoding");
    if (!coding.empty() && !equal_names(coding, "identity")) {
        metrics_.event_rejected("content_encoding");
        return http::Response::plain_error(415, "Send the body without Content-Encoding");
    }
    if (store_.health() != store::Health::ok) {
        metrics_.event_rejected("store");
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
    const auto& scheme = source->schemes[index];

    const signing::RequestView view{request.method, request.target, source->public_url,
                                    request.headers, request.body};
    const auto verdict = signing::verify(*scheme, view, *source->keys, clock_.now());
    if (const auto* refusal = std::get_if<signing::Refusal>(&verdict))
        co_return refuse(*source, *scheme, request, *refusal);

    auto event = normalise(*source, source->source.schemes[index],
                           std::get<signing::Verified>(verdict), request);
    if (!event) {
        metrics_.event_rejected("body");
        co_return http::Response::plain_error(400, event.error().message);
    }
    auto appended = co_await intake_.accept(std::move(*event));
    if (!appended) {
        log::warn("event.not_stored", appended.error().message, {{"source", source->source.name}});
        co_return unavailable("The hub cannot store events now: try again");
    }
    co_return accepted(*appended);
}

http::Response Receiver::refuse(const registry::SourceEntry& source, const signing::Scheme& scheme,
                                const http::Request& request, const signing::Refusal& refusal)
{
    if (refusal.reason == signing::RefusalReason::body_malformed) {
        metrics_.event_rejected("body");
        return http::Response::plain_error(400, "Invalid JSON body");
    }
    metrics_.event_rejected(signing::to_text(refusal.reason));
    // The diagnosis tries many variants: a stranger must not be able to make the hub do so often.
    if (clock_.steady_now() >= next_diagnosis_) {
        next_diagnosis_ = clock_.steady_now() + diagnosis_interval;
        const signing::RequestView view{request.method, request.target, source.public_url,
                                        request.headers, request.body};
        const auto diagnosed = signing::diagnose(scheme, view, *source.keys, clock_.now(), refusal);
        log::warn("webhook.refused", diagnosed.diagnosis,
                  {{"source", source.source.name},
                   {"reason", signing::to_text(diagnosed.reason)},
                   {"peer", request.peer.address.to_string()}});
    }
    return unauthorised();
}

}  // namespace katydid::receive
