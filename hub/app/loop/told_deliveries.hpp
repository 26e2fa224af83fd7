// What the feed tells of deliveries.
#pragma once

#include "hub/dispatch/scheduler/actions.hpp"
#include "hub/stream/happenings.hpp"

namespace katydid {

/// An attempt of a delivery begins.
void tell_started(stream::Happenings& happenings, const dispatch::Item& item);
/// A delivery's new state is committed, with the attempt that led to it.
void tell_settled(stream::Happenings& happenings, const dispatch::Settle& settle);

}  // namespace katydid
