// How long finished rows are kept.
#pragma once

#include "hub/core/clock.hpp"

namespace katydid {

struct Retention {
    milliseconds delivered = std::chrono::days{7};  ///< also events that no subscription took
    milliseconds dead = std::chrono::days{30};      ///< dead and cancelled
    milliseconds dedupe = std::chrono::days{7};     ///< of ids, and at least as long as the event
    milliseconds rejected = std::chrono::days{7};   ///< rejected webhooks
};

}  // namespace katydid
