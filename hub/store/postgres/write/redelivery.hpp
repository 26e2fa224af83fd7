// Redelivers, replays and cancels.
#pragma once

#include "hub/store/postgres/write/writer_state.hpp"
#include "hub/store/shared/redeliveries.hpp"

namespace katydid::store::postgres {

// What is in flight on this hub is left alone: its settlement decides. Of what is in flight on
// another hub nothing is known here: a redelivery waits there until that attempt has ended, and
// a cancellation wins over what the attempt comes to.

awaitable<result<std::uint64_t>> redeliver(Session& session, const Redeliver& order);
/// Takes some back; 0 when nothing is left.
awaitable<result<std::uint64_t>> take_back_some(Session& session, const TakeBack& order);
/// Brings some forward; 0 when nothing is left.
awaitable<result<std::uint64_t>> bring_some_forward(Session& session, const BringForward& order);
awaitable<result<std::vector<DeliveryId>>> replay(Session& session, const Replay& order);
awaitable<result<std::uint64_t>> cancel(Session& session, const Cancel& order);
/// Cancels some of what waits for a subscription; 0 when nothing is left.
awaitable<result<std::uint64_t>> cancel_some(Session& session, const CancelAll& order);

}  // namespace katydid::store::postgres
