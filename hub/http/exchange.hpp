// One request and its answer on one connection.
#pragma once

#include "hub/core/error.hpp"
#include "hub/http/client.hpp"
#include "hub/http/outbound.hpp"

namespace katydid::http {

struct ExchangeLimits {
    ResponseParser::Limits answer;
    milliseconds body_time_max{5'000};
    milliseconds first_byte_time_max{0};  ///< from the request written; 0: until the deadline
};

/// What became of the connection, beside the answer.
struct ExchangeEnd {
    bool answered = false;  ///< a byte of an answer came
    bool reusable = false;  ///< the answer was read whole and the peer keeps the connection
};

/// Writes the request and reads the answer, both before the deadline.
///
/// Once the head of the answer is there its status counts: a body that is too large, too slow or
/// cut short is reported as truncated.
/// Lifetime: all arguments outlive the call. Cancellation: terminal.
/// Errors: timed_out, protocol_error, connection_closed.
awaitable<result<ClientReply>> exchange(Outbound& connection, const Transport::Buffers& request,
                                        bool is_head, const ExchangeLimits& limits,
                                        Deadline deadline, ExchangeEnd& end);

}  // namespace katydid::http
