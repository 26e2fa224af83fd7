// The table from answers and failures to outcomes.
#include "handlers/endpoint/endpoint_handler.hpp"
#include "handlers/endpoint/retry_after.hpp"
#include "hub/http/message/message.hpp"

namespace katydid::handlers::endpoint {
namespace {

AttemptClass class_of(const Error& error)
{
    if (error.code.category() != katydid_category()) return AttemptClass::connect_failed;
    switch (static_cast<errc>(error.code.value())) {
    case errc::timed_out: return AttemptClass::timed_out;
    case errc::refused:
    case errc::invalid_argument: return AttemptClass::refused;
    case errc::tls_failed: return AttemptClass::tls_failed;
    case errc::protocol_error: return AttemptClass::protocol_error;
    case errc::resolve_failed:
    case errc::connect_failed:
    case errc::connection_closed: return AttemptClass::connect_failed;
    default: return AttemptClass::failed;
    }
}

}  // namespace

Outcome outcome_of(const http::ClientReply& reply, Timestamp now)
{
    Outcome outcome;
    outcome.status = reply.status;
    // Some bytes more, so that the settlement can cut between two characters.
    outcome.response = reply.body.substr(0, response_bytes_max + 4);
    if (reply.status >= 200 && reply.status <= 299) return outcome;
    if (const auto* wait = find_header(reply.headers, "retry-after"))
        outcome.retry_after = parse_retry_after(*wait, now);
    const bool is_throttled = reply.status == 429 || (reply.status == 503 && outcome.retry_after);
    outcome.outcome = is_throttled ? AttemptClass::throttled : AttemptClass::rejected;
    outcome.error = "the receiver answered " + std::to_string(reply.status) + " "
                    + std::string{http::reason_phrase(reply.status)};
    return outcome;
}

Outcome outcome_of(const Error& error)
{
    auto outcome = Outcome::failed(error.message);
    outcome.outcome = class_of(error);
    return outcome;
}

}  // namespace katydid::handlers::endpoint
