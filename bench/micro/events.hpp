// Events and subscriptions that the micro-benchmarks share.
#pragma once

#include "hub/core/event.hpp"
#include "hub/core/subscription/subscription.hpp"

namespace katydid::bench {

/// 1 KiB of JSON, as the scenarios send it.
Payload sample_payload();
/// \param number  makes the external id unique
EventPtr sample_event(IdSource& ids, std::uint64_t number);
SubscriptionPtr sample_subscription(IdSource& ids, std::vector<std::string> event_types);

}  // namespace katydid::bench
