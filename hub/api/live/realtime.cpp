// GET /api/realtime: both platforms' events as they happen, in both directions.
#include "hub/api/live/carrier.hpp"
#include "hub/api/live/realtime_session.hpp"
#include "hub/api/protocol/output.hpp"
#include "hub/stream/websocket/upgrade.hpp"

namespace katydid::api {
namespace {

/// Who connects: as `as` says, or the only one that its key may speak for. nullptr: `response` says
/// why not.
const Side* find_side(const Caller& caller, const http::Request& request, http::Response& response)
{
    const Side* found = nullptr;
    const auto as = request.query_parameter("as");
    for (const auto* side : {&grasshopper_side(), &atlvs_side()}) {
        if (as ? *as != side->platform : !has_scope(*caller.api_key, side->scope)) continue;
        if (found != nullptr) {
            response = parameter_fault("as", "is missing: this key may speak for both platforms, "
                                             "say \"grasshopper\" or \"atlvs\"");
            return nullptr;
        }
        found = side;
    }
    if (found == nullptr && as)
        response = parameter_fault("as", "must be \"grasshopper\" or \"atlvs\"");
    else if (found == nullptr)
        response = http::Response::problem(
            403, "This key lacks the scope: bridge:atlvs for Grasshopper, bridge:grasshopper for "
                 "ATLVS.");
    else if (!has_scope(*caller.api_key, found->scope)) {
        response = http::Response::problem(403, "This key lacks the scope "
                                                    + std::string{found->scope} + ".");
        return nullptr;
    }
    return found;
}

awaitable<http::Response> connect(const Context& context, const Caller& caller,
                                  http::Request& request)
{
    http::Response response;
    const auto* side = find_side(caller, request, response);
    if (side == nullptr) co_return response;
    if (caller.tenant != default_tenant())
        co_return http::Response::problem(404, "This key's tenant has no bridge.");
    if (carrier_of(request) != Carrier::websocket) {
        response = http::Response::problem(426, "Connect with a WebSocket (subprotocol "
                                                    + std::string{realtime_protocol} + ").");
        response.with("Upgrade", "websocket");
        co_return response;
    }
    if (auto refusal = refuse_carrier(request, realtime_protocol)) co_return std::move(*refusal);
    auto* commits = context.intake.notifier();
    if (context.live_sessions == nullptr || commits == nullptr || context.receiver == nullptr)
        co_return http::Response::problem(503, "This hub serves no streams.");
    auto& sessions = *context.live_sessions;
    const auto executor = sessions.parts().executor;
    auto mailbox = std::make_shared<stream::Mailbox>(executor);
    auto place = sessions.admit(visitor_of(context, caller, request), mailbox, response);
    if (!place) co_return response;
    RealtimeSession::Parts parts{context.store, *context.receiver,  *commits,
                                 executor,      std::move(mailbox), std::move(place)};
    auto session = std::make_unique<RealtimeSession>(std::move(parts), *side);
    if (!session->is_admitted()) {
        auto busy = http::Response::problem(
            429, "Too many callers follow events at the moment: try again.");
        busy.with("Retry-After", "5");
        co_return busy;
    }
    co_return carry(request, realtime_protocol, std::move(session), sessions);
}

}  // namespace

void add_realtime_routes(Routes& routes)
{
    Operation operation{
        "connectRealtime",
        "Speak for a platform (a key for the other one: bridge:atlvs or bridge:grasshopper), by a "
        "WebSocket (katydid.realtime.v1)",
        {{101, "", "a WebSocket with the subprotocol katydid.realtime.v1"},
         {426, "", "no WebSocket was asked for"}},
        {{"as", R"({"type":"string","enum":["grasshopper","atlvs"]})",
          "who connects, where the key may speak for both"}}};
    operation.takes_ticket = true;
    routes.add("GET", "/api/realtime", any_key, std::move(operation), connect);
}

}  // namespace katydid::api
