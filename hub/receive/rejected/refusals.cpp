// What is answered: to what was taken in, and to what was not, which is kept with the reason.
#include "hub/http/server/sandbox.hpp"
#include "hub/observe/log.hpp"
#include "hub/receive/receiver.hpp"

namespace katydid::receive {
namespace {

/// Ends a first finding that nobody looked behind.
constexpr std::string_view undiagnosed
    = " (not looked at closely: many of this source's were refused just now; judge it again for "
      "the whole diagnosis)";

/// What the sender hears. Of a signature that is not good only that.
http::Response usual_answer(const Receiver::Refused& refused)
{
    using enum signing::RefusalReason;
    if (!refused.is_verified) return unauthorised();
    const auto& text = refused.refusal.diagnosis;
    if (refused.status != 0) return http::Response::plain_error(refused.status, text);
    switch (refused.refusal.reason) {
    case repeated: return http::Response::plain_error(409, text);
    case type_unsigned:
    case schema_misfit: return http::Response::plain_error(422, text);
    default: return http::Response::plain_error(400, text);
    }
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

http::Response Receiver::reject(const asio::any_io_executor& executor, Arrival& arrival,
                                Refused refused)
{
    const auto& source = arrival.source;
    auto& request = arrival.request;
    auto& refusal = refused.refusal;
    using enum signing::RefusalReason;
    if (refusal.reason != schema_misfit)  // the intake counted that
        parts_.metrics.event_rejected(
            refusal.reason == body_malformed ? "body" : signing::to_text(refusal.reason));
    auto response = usual_answer(refused);
    if (!refused.is_verified)
        response = answer(source, arrival.index, signing::AnswerKind::rejected,
                          std::move(response));
    const auto id = rejected_.admit({source.source.id, refused.is_verified});
    if (!id) return response;
    // The diagnosis tries many variants: a stranger must not be able to make the hub do so often.
    if (!refused.is_verified && may_log(source))
        refusal = signing::diagnose(arrival.scheme(), arrival.view(), arrival.keys(), arrival.at,
                                    std::move(refusal));
    else if (!refused.is_verified) refusal.diagnosis += undiagnosed;
    auto client = proxies_.client_of(request);
    auto url = proxies_.url_of(request, source.source.settings.public_url);
    log::warn("webhook.refused", refusal.diagnosis,
              {{"source", source.source.name},
               {"request", id->to_string()},
               {"reason", signing::to_text(refusal.reason)},
               {"hint", signing::remedy_of(refusal.reason)},
               {"scheme", signing::scheme_name(arrival.scheme())},
               {"client", client}});
    rejected_.keep(
        executor, source.source,
        {*id,
         std::move(refusal),
         refused.is_verified,
         request.method,
         std::move(client),
         {request.target, std::move(url), std::move(request.headers), std::move(request.body)}});
    return response;
}

}  // namespace katydid::receive
