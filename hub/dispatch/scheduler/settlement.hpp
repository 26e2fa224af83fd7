// What is written to the store about an attempt.
#pragma once

#include "hub/dispatch/scheduler/actions.hpp"
#include "hub/dispatch/policy/retry_policy.hpp"

namespace katydid::dispatch {

/// How an attempt that just ended is to be recorded.
struct Ending {
    AttemptId attempt;
    Now now{};
};

/// The settlement of an attempt that ended with this outcome, by this decision.
[[nodiscard]] store::Settlement settle(const Item& item, const Outcome& outcome,
                                       const Decision& decision, const Ending& ending);

/// The settlement of an attempt that was cut off by a shutdown: whether it arrived is unknown, so
/// it is recorded and due again at once. The receiver did not fail: its schedule loses no step.
[[nodiscard]] store::Settlement settle_interrupted(const Item& item, const Ending& ending);

/// The settlement of a work that ends without an attempt: dead or cancelled.
[[nodiscard]] store::Settlement end_untried(const Item& item, DeliveryState state,
                                            std::string reason, Timestamp now);

/// Writes a work back without an attempt, to stand in the retry lane until `due`.
[[nodiscard]] store::Settlement park(const Item& item, Timestamp due, Timestamp now);

constexpr std::size_t error_bytes_max = 1'024;  ///< of a reason that is kept

/// The first `bytes_max` bytes, less a UTF-8 sequence that the cut would split.
[[nodiscard]] std::string cut_text(std::string text, std::size_t bytes_max);

}  // namespace katydid::dispatch
