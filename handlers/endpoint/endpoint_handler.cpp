#include "handlers/endpoint/endpoint_handler.hpp"

#include "handlers/dialects/dialects.hpp"
#include "hub/core/subscription/subscription.hpp"

namespace katydid::handlers::endpoint {
namespace {

/// Nothing is sent under another identity than the one that was asked for.
awaitable<result<http::ClientReply>> refuse_identity(std::string name)
{
    co_return Error{errc::refused,
                    "the operator offers no identity \"" + name + "\" to this tenant (any more)"};
}

}  // namespace

EndpointHandler::EndpointHandler(Parts parts)
    : parts_{std::move(parts)},
      writer_{parts_.writer},
      tokens_{parts_.client, parts_.clock}
{}

awaitable<Outcome> EndpointHandler::handle(Call call)
{
    auto request = prepare(call);
    if (request.has_error()) co_return request::outcome_of(request.error());
    AttemptTiming timing;
    request->timing = &timing;
    const auto reply = co_await send(*call.subscription, std::move(*request), call.deadline);
    auto outcome = reply.has_error() ? outcome_of(reply.error())
                                     : outcome_of(*reply, parts_.clock.now());
    outcome.timing = timing;
    co_return outcome;
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
    auto written = writer_.write(call);
    if (written.has_error()) return written.error();
    const auto& subscription = *call.subscription;
    http::ClientRequest request;
    request.tenant = subscription.tenant;
    request.url = subscription.handler.url;
    request.connect_timeout = subscription.connect_timeout;
    request.first_byte_timeout = subscription.first_byte_timeout;
    request.headers = std::move(written->headers);
    request.body = std::move(written->body);
    if (find_header(request.headers, "User-Agent") == nullptr)
        request.headers.push_back({"User-Agent", std::string{dialects::user_agent}});
    return request;
}

}  // namespace katydid::handlers::endpoint
