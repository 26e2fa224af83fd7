// What `send --wait`, `replay` and `tail` know of deliveries.
#pragma once

#include "hub/cli/client/session.hpp"

namespace katydid::cli {

/// Whether a delivery ended: delivered, dead or cancelled.
[[nodiscard]] bool has_ended(const boost::json::value& delivery);

/// Waits until every delivery of the event ended and says what came of each. Throws CommandEnd:
/// answer_is_no when one was not delivered, or not in time.
void await_deliveries(Session& session, const std::string& event, milliseconds wait);

/// Waits for a replay job with a progress bar, and prints it. Throws CommandEnd.
void await_job(Session& session, const std::string& job);

}  // namespace katydid::cli
