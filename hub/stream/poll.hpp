// A consumer that comes, takes what there is and goes; it answers later.
#pragma once

#include "hub/stream/live_sessions.hpp"

#include <optional>
#include <vector>

namespace katydid::stream {

/// Takes up to `max` deliveries as soon as there is one; none when the time is over first, when the
/// hub drains or when the subscription goes. What it takes stays in its hands until it is answered
/// (answer_all) or its deadline passes. nullopt: `refusal` says why it was not taken.
/// \param wait  at least as long as the store needs to say what there is
awaitable<std::optional<std::vector<handlers::stream::HandoverPtr>>>
poll(LiveSessions& sessions, Visitor visitor, store::SubscriptionName name, std::uint32_t max,
     milliseconds wait, http::Response& refusal);

/// The connection that was to carry them has ended: they wait as before.
awaitable<void> give_back(LiveSessions& sessions, store::SubscriptionName name,
                          std::vector<handlers::stream::HandoverPtr> taken);

/// Answers for the consumers that hold them. Of each: whether one does.
awaitable<result<std::vector<bool>>>
answer_all(LiveSessions& sessions, store::SubscriptionName name, std::vector<Answer> answers);

}  // namespace katydid::stream
