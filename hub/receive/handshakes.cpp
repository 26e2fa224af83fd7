// Requests by which a provider checks that an endpoint is meant.
#include "hub/http/server/sandbox.hpp"
#include "hub/observe/log.hpp"
#include "hub/receive/receiver.hpp"

#include <algorithm>

namespace katydid::receive {
namespace {

http::Response not_allowed(const registry::SourceEntry& source)
{
    std::vector<std::string> methods{"POST"};
    for (const auto& traits : source.traits)
        methods.insert(methods.end(), traits.handshake_methods.begin(),
                       traits.handshake_methods.end());
    std::ranges::sort(methods);
    const auto repeated = std::ranges::unique(methods);
    methods.erase(repeated.begin(), repeated.end());
    std::string allow;
    for (const auto& method : methods) allow += (allow.empty() ? "" : ", ") + method;
    auto response = http::Response::plain_error(405, "Method not allowed");
    response.with("Allow", std::move(allow));
    return response;
}

bool answers(const signing::SchemeTraits& traits, std::string_view method)
{
    if (method == "POST") return traits.answers_post;
    return std::ranges::find(traits.handshake_methods, method) != traits.handshake_methods.end();
}

std::string why_not_answered(const registry::SourceEntry& source)
{
    const bool lacks_token = source.source.settings.verify_token_sha256.empty()
                             && std::ranges::any_of(source.traits,
                                                    &signing::SchemeTraits::shows_verify_token);
    if (lacks_token)
        return "the source has no verify_token: give it the one that the provider shows (katydid "
               "sources update "
               + source.source.name + " --verify-token-env)";
    return "the request is not the handshake of the source's scheme, or does not carry its secret";
}

http::Response to_response(signing::HandshakeReply reply)
{
    http::Response response;
    response.status = reply.status;
    response.content_type = std::move(reply.content_type);
    response.headers = std::move(reply.headers);
    response.body = std::move(reply.body);
    return http::sandboxed(std::move(response));  // it echoes what a stranger sent
}

}  // namespace

awaitable<http::Response> Receiver::answer_handshake(http::Request& request)
{
    const auto source = find_source(request);
    if (!source) co_return http::Response::plain_error(404, "Unknown webhook source");
    auto refused = check_client_certificate(*source, request.peer);
    if (refused) co_return std::move(*refused);
    const bool is_answered = std::ranges::any_of(
        source->traits, [&](const auto& traits) { return answers(traits, request.method); });
    if (!is_answered) co_return not_allowed(*source);
    const auto url = proxies_.url_of(request, source->source.settings.public_url);
    const signing::RequestView view{
        request.method, request.target, url, request.headers, request.body, {}, source->expected()};
    auto answer = co_await try_handshakes(*source, view);
    if (answer) co_return std::move(*answer);
    parts_.metrics.event_rejected("handshake");
    if (may_log(*source))
        log::warn("handshake.refused", why_not_answered(*source),
                  {{"source", source->source.name},
                   {"method", request.method},
                   {"client", proxies_.client_of(request)}});
    co_return unauthorised();
}

awaitable<std::optional<http::Response>>
Receiver::try_handshakes(const registry::SourceEntry& source, signing::RequestView view)
{
    if (view.body.size() > signing::handshake_body_bytes_max) co_return std::nullopt;
    for (std::size_t i = 0; i < source.schemes.size(); ++i) {
        if (!answers(source.traits[i], view.method)) continue;
        const auto& scheme = *source.schemes[i];
        const auto document = co_await remote_keys_.document_for(scheme, source.traits[i], view,
                                                                 source.source.id);
        if (!document) continue;  // verify() says why
        const std::string_view key = *document ? std::string_view{**document} : std::string_view{};
        auto reply = signing::handshake(scheme, view, *source.scheme_keys[i], parts_.clock.now(),
                                        key);
        if (!reply || (reply->new_key && !registry::receives_key(source))) continue;
        auto response = co_await carry_out(source, std::move(*reply));
        co_return response;
    }
    co_return std::nullopt;
}

awaitable<http::Response> Receiver::carry_out(const registry::SourceEntry& source,
                                              signing::HandshakeReply reply)
{
    const auto& name = source.source.name;
    if (!reply.visit_url.empty()) {
        const auto visited = co_await remote_keys_.visit(reply.visit_url, source.source.id);
        if (!visited) {
            log::warn("handshake.not_confirmed", visited.error().message, {{"source", name}});
            co_return unavailable("The subscription could not be confirmed now: try again");
        }
    }
    if (reply.new_key) {
        const auto kept = co_await parts_.registry.sources.keep_first_key(
            source.source.tenant, source.source.id, std::move(*reply.new_key));
        if (!kept) {
            log::warn("handshake.key_not_kept", kept.error().message, {{"source", name}});
            if (kept.error() == errc::conflict) co_return unauthorised();
            co_return unavailable("The key could not be kept now: try again");
        }
        log::info("source.key_received", "the provider delivered the source's key",
                  {{"source", name}});
    }
    // Some handshakes need no secret: repeating one must not fill the log.
    if (may_log(source))
        log::info("handshake.answered", "the provider's check of the endpoint was answered",
                  {{"source", name}, {"status", reply.status}});
    co_return to_response(std::move(reply));
}

}  // namespace katydid::receive
