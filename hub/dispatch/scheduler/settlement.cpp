#include "hub/dispatch/scheduler/settlement.hpp"

#include <algorithm>
#include <chrono>

namespace katydid::dispatch {
namespace {

Attempt record(const Item& item, const Outcome& outcome, const Ending& ending)
{
    const auto duration = std::chrono::round<milliseconds>(ending.now.steady - item.started.steady);
    Attempt attempt;
    attempt.id = ending.attempt;
    attempt.delivery = item.work.delivery.id;
    attempt.number = item.work.delivery.attempts + 1;
    attempt.started_at = item.started.wall;
    attempt.duration = std::max(duration, milliseconds{0});
    attempt.outcome = outcome.outcome;
    attempt.status = outcome.status;
    attempt.error = cut_text(outcome.error, error_bytes_max);
    attempt.response = cut_text(outcome.response, response_bytes_max);
    attempt.timing = outcome.timing;
    return attempt;
}

store::Settlement start_from(const Item& item, Timestamp now)
{
    store::Settlement settlement;
    settlement.tenant = item.work.delivery.tenant;
    settlement.delivery = item.work.delivery.id;
    settlement.lane = item.work.delivery.lane;
    settlement.settled_at = now;
    return settlement;
}

}  // namespace

store::Settlement settle(const Item& item, const Outcome& outcome, const Decision& decision,
                         const Ending& ending)
{
    auto settlement = start_from(item, ending.now.wall);
    settlement.attempt = record(item, outcome, ending);
    settlement.reason = cut_text(decision.reason, error_bytes_max);
    switch (decision.next) {
    case Decision::Next::delivered: settlement.state = DeliveryState::delivered; break;
    case Decision::Next::dead: settlement.state = DeliveryState::dead; break;
    case Decision::Next::retry:
        settlement.state = DeliveryState::scheduled;
        settlement.lane = Lane::retry;
        settlement.due_at = ending.now.wall + decision.delay;
        break;
    }
    return settlement;
}

store::Settlement settle_interrupted(const Item& item, const Ending& ending)
{
    auto settlement = start_from(item, ending.now.wall);
    const auto outcome = Outcome::failed("interrupted by shutdown: whether it arrived is unknown");
    settlement.attempt = record(item, outcome, ending);
    settlement.is_counted = false;
    settlement.reason = outcome.error;
    settlement.state = DeliveryState::scheduled;
    settlement.lane = Lane::retry;
    settlement.due_at = ending.now.wall;
    return settlement;
}

store::Settlement end_untried(const Item& item, DeliveryState state, std::string reason,
                              Timestamp now)
{
    auto settlement = start_from(item, now);
    settlement.state = state;
    settlement.reason = std::move(reason);
    return settlement;
}

store::Settlement park(const Item& item, Timestamp due, Timestamp now)
{
    auto settlement = start_from(item, now);
    settlement.state = DeliveryState::scheduled;
    settlement.lane = Lane::retry;
    settlement.due_at = std::max(due, item.work.delivery.due_at);
    settlement.reason = "waits for an earlier delivery of its key";
    return settlement;
}

std::string cut_text(std::string text, std::size_t bytes_max)
{
    if (text.size() <= bytes_max) return text;
    auto end = bytes_max;
    const auto is_continuation = [&](std::size_t at) {
        return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
    };
    // A sequence has at most four bytes; anything longer is not UTF-8 and is cut where it stands.
    for (int steps = 0; steps < 3 && end > 0 && is_continuation(end); ++steps) --end;
    if (is_continuation(end)) end = bytes_max;
    text.resize(end);
    return text;
}

}  // namespace katydid::dispatch
