// Outbound webhooks: a signed POST for every attempt.
#pragma once

#include "handlers/handler.hpp"
#include "handlers/request/writer.hpp"
#include "hub/http/client/client.hpp"
#include "hub/http/client/identities.hpp"

namespace katydid::handlers::endpoint {

/// Writes the event in the subscription's dialect, signs it, sends it and reads the answer.
/// Every attempt has a fresh timestamp and signature; the id in it stays.
///
/// It does not decide what follows an answer (dispatch::RetryPolicy), nor where a request may go
/// (http::EgressPolicy behind the client).
/// Thread safety: none; one for each loop, with that loop's client.
class EndpointHandler final : public Handler {
public:
    struct Parts {
        http::Client& client;
        const Clock& clock;
        request::Writer::Parts writer;
        const http::Identities* identities = nullptr;  ///< null: none is offered
    };

    /// Throws Failure when the catalog lacks a scheme that a dialect needs.
    explicit EndpointHandler(Parts parts);

    awaitable<Outcome> handle(Call call) override;

private:
    /// Under the identity that the subscription names. Errors: refused, those of http::send_as.
    awaitable<result<http::ClientReply>> send(const Subscription& subscription,
                                              http::ClientRequest request, Deadline deadline);
    [[nodiscard]] result<http::ClientRequest> prepare(const Call& call) const;

    Parts parts_;
    request::Writer writer_;
    http::Tokens tokens_;
};

/// What an answer or a failure to get one comes to. Pure.
[[nodiscard]] Outcome outcome_of(const http::ClientReply& reply, Timestamp now);
[[nodiscard]] Outcome outcome_of(const Error& error);

}  // namespace katydid::handlers::endpoint
