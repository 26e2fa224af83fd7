// The parts of a subscription that say how it is sent to.
#pragma once

#include "hub/api/input/body.hpp"
#include "hub/core/subscription.hpp"

namespace katydid::api {

// Each reads one member of a subscription and changes only what the member names, so that a PATCH
// of `limits.in_flight` leaves the other limits as they are.
void read_limits(ObjectReader& reader, Limits& limits, std::vector<Fault>& faults);
void read_retry(ObjectReader& reader, RetrySettings& retry, std::vector<Fault>& faults);
void read_timeouts(ObjectReader& reader, Subscription& subscription);
/// `null` takes the filter away. Faults carry the pointer into the filter.
void read_filter(ObjectReader& reader, std::string& filter, std::vector<Fault>& faults);

}  // namespace katydid::api
