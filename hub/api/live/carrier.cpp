#include "hub/api/live/carrier.hpp"

#include "hub/api/access/sessions.hpp"
#include "hub/stream/sse_session.hpp"
#include "hub/stream/websocket/upgrade.hpp"
#include "hub/stream/websocket/websocket.hpp"

namespace katydid::api {
namespace {

/// A session is looked at when a connection begins, and may be ended meanwhile.
constexpr milliseconds session_stream_max = std::chrono::minutes{10};

/// The key that was good at the start may be revoked or expire meanwhile.
std::function<std::string()> refusal_of(const Context& context, const Caller& caller)
{
    std::optional<Timestamp> until;
    if (!caller.session.empty()) until = context.clock.now() + session_stream_max;
    return [&tables = context.tables, &clock = context.clock, key = caller.api_key,
            until]() -> std::string {
        if (!key) return {};
        if (until && *until <= clock.now()) return "the session is looked at anew: connect again";
        if (key->sha256.empty()) return {};  // a person's session
        const auto known = tables.api_key(key->sha256);
        if (!known || known->revoked_at) return "the API key was revoked";
        if (known->expires_at && *known->expires_at <= clock.now())
            return "the API key has expired";
        return {};
    };
}

}  // namespace

Carrier carrier_of(const http::Request& request)
{
    if (stream::asks_for_websocket(request)) return Carrier::websocket;
    const auto accepted = request.header("accept");
    return stream::has_item(accepted, "text/event-stream") ? Carrier::events : Carrier::none;
}

std::optional<http::Response> refuse_carrier(const http::Request& request,
                                             std::string_view protocol)
{
    const auto carrier = carrier_of(request);
    if (carrier == Carrier::websocket) return stream::refuse_handshake(request, protocol);
    if (carrier == Carrier::events && request.method == "GET") return std::nullopt;
    auto response = http::Response::problem(426, "Connect with a WebSocket (subprotocol "
                                                     + std::string{protocol}
                                                     + "), or send `Accept: text/event-stream`.");
    response.with("Upgrade", "websocket");
    return response;
}

http::Response carry(const http::Request& request, std::string_view protocol,
                     std::unique_ptr<stream::Conversation> conversation,
                     stream::LiveSessions& sessions)
{
    http::Response response;
    const bool is_websocket = carrier_of(request) == Carrier::websocket;
    response.status = is_websocket ? 101 : 200;
    response.take_over
        = is_websocket ? stream::make_websocket(request, protocol, std::move(conversation),
                                                sessions.watchdog(), sessions.parts().websocket)
                       : stream::make_event_stream(std::move(conversation), sessions.watchdog());
    return response;
}

stream::Visitor visitor_of(const Context& context, const Caller& caller,
                           const http::Request& request)
{
    stream::Visitor visitor{caller.tenant, caller.key, request.peer.address,
                            refusal_of(context, caller)};
    if (caller.session.empty()) return visitor;
    visitor.session = caller.session;
    visitor.goes_on = [&context, tenant = caller.api_key->tenant, session = caller.session] {
        return session_goes_on(context.store, context.clock, tenant, session);
    };
    return visitor;
}

}  // namespace katydid::api
