// An event written in a dialect, before it is signed.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/event.hpp"

#include <cstdint>
#include <string_view>

namespace katydid::dialects {

/// What a dialect makes of an event: pure data, nothing is sent.
struct WireRequest {
    std::string_view scheme;  ///< name of the signature scheme, empty: not signed by us
    std::string signed_id;    ///< the id that the signature covers, the same over retries
    std::string signed_type;
    Headers headers;            ///< with Content-Type, without the signature
    bool is_passed_on = false;  ///< the headers are the sender's: the subscription's go before
    Payload body;
};

/// What a dialect may say about the attempt.
struct WireContext {
    DeliveryId delivery;
    std::uint32_t attempt = 1;
    bool is_traced = false;  ///< the attempt is a span of its own in the event's trace
};

}  // namespace katydid::dialects
