// One request and its answer on one connection.
#pragma once

#include "hub/core/error.hpp"
#include "hub/http/client/client.hpp"
#include "hub/http/client/outbound.hpp"

namespace katydid::http {

struct RoundTripLimits {
    ResponseParser::Limits answer;
    milliseconds body_time_max{5'000};
    milliseconds first_byte_time_max{0};  ///< from the request written; 0: until the deadline
    AttemptTiming* timing = nullptr;      ///< where the client notes the first byte; null: nowhere
};

/// A large request that is still being written while its answer may come.
struct Upload {
    bool done = false;
    boost::system::error_code error;
    std::shared_ptr<void> keep;            ///< the request's bytes and what the connection needs
    std::unique_ptr<Outbound> connection;  ///< set when the exchange ended before the upload
};

/// What became of the connection, beside the answer.
struct RoundTripEnd {
    bool answered = false;  ///< a byte of an answer came
    /// From the request written, or a large one begun, until then.
    std::chrono::microseconds first_byte_after{0};
    bool reusable = false;  ///< the answer was read whole and the peer keeps the connection
    /// Set for large requests. Until it is done the connection and the request's bytes must stay:
    /// see orphan().
    std::shared_ptr<Upload> upload;
};

/// The exchange is over, its upload is not: closes the connection and lets it live until the
/// write has noticed. Does nothing when no upload is under way.
/// \param keep  owns the request's bytes, and the watchdog of the connection
void orphan(const RoundTripEnd& end, std::unique_ptr<Outbound>& connection,
            std::shared_ptr<void> keep);

/// Writes the request and reads the answer, both before the deadline. A receiver may answer before
/// it has read a large request: its answer counts, and the rest is not sent.
///
/// Once the head of the answer is there its status counts: a body that is too large, too slow or
/// cut short is reported as truncated. So does a status whose header section the receiver cut
/// short by closing.
/// Lifetime: all arguments outlive the call. Cancellation: terminal.
/// Errors: timed_out, protocol_error, connection_closed.
awaitable<result<ClientReply>> round_trip(Outbound& connection, const Transport::Buffers& request,
                                          bool is_head, const RoundTripLimits& limits,
                                          Deadline deadline, RoundTripEnd& end);

}  // namespace katydid::http
