#include "handlers/endpoint/endpoint_handler.hpp"

#include "handlers/dialects/dialects.hpp"
#include "hub/core/text/reserved.hpp"
#include "signing/sign.hpp"

#include <algorithm>
#include <iterator>

namespace katydid::handlers::endpoint {
namespace {

/// Adds what is not there yet, so that the first one to say it wins: the signature, the dialect,
/// the subscription, the sender. A name that comes several times in `more` stays so.
void merge(Headers& headers, const Headers& more)
{
    Headers added;
    for (const auto& header : more)
        if (find_header(headers, header.name) == nullptr) added.push_back(header);
    headers.insert(headers.end(), std::make_move_iterator(added.begin()),
                   std::make_move_iterator(added.end()));
}

/// Of the sender's only those that no receiver takes for one of ours.
void drop_alike(Headers& senders, const Headers& ours)
{
    std::erase_if(senders, [&](const Header& header) {
        return std::ranges::any_of(
            ours, [&](const Header& own) { return are_read_alike(header.name, own.name); });
    });
}

/// Nothing is sent under another identity than the one that was asked for.
awaitable<result<http::ClientReply>> refuse_identity(std::string name)
{
    co_return Error{errc::refused,
                    "the operator offers no identity \"" + name + "\" to this tenant (any more)"};
}

}  // namespace

EndpointHandler::EndpointHandler(Parts parts)
    : parts_{std::move(parts)},
      tokens_{parts_.client, parts_.clock}
{
    for (const std::string_view name : {"standard-webhooks", "atlvs", "grasshopper"}) {
        auto scheme = signing::find_scheme(name);
        if (!scheme)
            throw Failure{{errc::internal, "the catalog has no scheme " + std::string{name}}};
        schemes_.emplace(name, std::move(scheme));
    }
}

awaitable<Outcome> EndpointHandler::handle(Call call)
{
    auto request = prepare(call);
    if (request.has_error()) {
        // A dialect that cannot write the event never will; keys can be fixed.
        const bool is_setup = request.error() == errc::refused;
        co_return is_setup ? Outcome::failed(request.error().message)
                           : Outcome::dead(request.error().message);
    }
    const auto reply = co_await send(*call.subscription, std::move(*request), call.deadline);
    if (reply.has_error()) co_return outcome_of(reply.error());
    co_return outcome_of(*reply, parts_.clock.now());
}

awaitable<result<http::ClientReply>> EndpointHandler::send(const Subscription& subscription,
                                                           http::ClientRequest request,
                                                           Deadline deadline)
{
    const auto& name = subscription.handler.identity;
    if (name.empty()) return parts_.client.send(std::move(request), deadline);
    const auto* offered = parts_.identities ? parts_.identities->find(subscription.tenant, name)
                                            : nullptr;
    if (offered == nullptr) return refuse_identity(name);
    return http::send_as(*offered, parts_.client, tokens_, std::move(request), deadline);
}

result<http::ClientRequest> EndpointHandler::prepare(const Call& call) const
{
    const auto& subscription = *call.subscription;
    auto wire = dialects::write(subscription.dialect, *call.event,
                                {call.delivery, call.attempt, parts_.is_traced});
    if (wire.has_error()) return wire.error();
    http::ClientRequest request;
    request.tenant = subscription.tenant;
    request.url = subscription.handler.url;
    request.connect_timeout = subscription.connect_timeout;
    request.first_byte_timeout = subscription.first_byte_timeout;
    request.body = wire->body ? wire->body : std::make_shared<const std::string>();
    const auto scheme = scheme_of(call, *wire);
    if (scheme.has_error()) return scheme.error();
    if (*scheme) {
        const auto is_signed = sign(**scheme, call, *wire, request);
        if (is_signed.has_error()) return is_signed.error();
    }
    if (wire->is_passed_on) {
        merge(request.headers, subscription.handler.headers);
        drop_alike(wire->headers, request.headers);
    }
    merge(request.headers, wire->headers);
    merge(request.headers, subscription.handler.headers);
    merge(request.headers, {{"User-Agent", std::string{dialects::user_agent}}});
    return request;
}

result<signing::SchemePtr> EndpointHandler::scheme_of(const Call& call,
                                                      const dialects::WireRequest& wire) const
{
    const auto& name = call.subscription->signature;
    if (name.empty()) return wire.scheme.empty() ? nullptr : schemes_.at(wire.scheme);
    auto own = parts_.find_signature ? parts_.find_signature(call.subscription->id) : nullptr;
    if (!own)
        return Error{errc::refused, "the subscription's signature names the scheme \"" + name
                                        + "\", and there is none of that name"};
    return own;
}

result<void> EndpointHandler::sign(const signing::Scheme& scheme, const Call& call,
                                   const dialects::WireRequest& wire,
                                   http::ClientRequest& request) const
{
    const auto keys = parts_.find_keys(call.subscription->id);
    if (!keys || keys->keys.empty())
        return Error{errc::refused, "the subscription has no key to sign with"};
    signing::SignInput input;
    input.url = request.url;
    // A dialect without a signature of its own (raw) leaves both to the event.
    const auto id = wire.signed_id.empty() ? call.event->id.to_string() : wire.signed_id;
    input.id = id;
    input.event_type = wire.signed_type.empty() ? call.event->type : wire.signed_type;
    input.content_type = header_value(wire.headers, "content-type");
    input.body = *request.body;
    auto headers = signing::sign(scheme, input, *keys, parts_.clock.now());
    if (headers.has_error()) return Error{errc::refused, headers.error().message};
    request.headers = std::move(*headers);
    return {};
}

}  // namespace katydid::handlers::endpoint
