#include "hub/dispatch/policy/retry_policy.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>

namespace katydid::dispatch {
namespace {

using namespace std::chrono_literals;

Trouble classify_status(unsigned status) noexcept
{
    switch (status) {
    case 410: return Trouble::gone;
    case 401:
    case 403: return Trouble::setup;
    case 400:
    case 404:
    case 405:
    case 413:
    case 415:
    case 422:
    case 451: return Trouble::limited;
    default: return Trouble::passing;
    }
}

RetryPolicy::Options options_of(const RetrySettings& settings, bool by_consumers)
{
    RetryPolicy::Options options;
    options.by_consumers = by_consumers;
    if (!settings.delays.empty()) options.delays = settings.delays;
    options.age_max = settings.age_max;
    options.statuses = settings.statuses;
    return options;
}

Trouble trouble_of(RetryClass retry) noexcept
{
    switch (retry) {
    case RetryClass::full: return Trouble::passing;
    case RetryClass::few: return Trouble::limited;
    case RetryClass::slow: return Trouble::setup;
    case RetryClass::dead: return Trouble::final;
    }
    return Trouble::passing;
}

std::string dead_reason(Trouble trouble, const Outcome& outcome, std::uint32_t attempts)
{
    if (trouble == Trouble::final) return outcome.error;
    if (trouble == Trouble::gone) return "the receiver answered 410: it wants nothing more";
    const auto tries = std::to_string(attempts) + (attempts == 1 ? " attempt" : " attempts");
    return "given up after " + tries + ": " + outcome.error;
}

}  // namespace

Trouble classify(const Outcome& outcome) noexcept
{
    if (outcome.is_success()) return Trouble::none;
    if (outcome.final) return Trouble::final;
    if (outcome.status != 0) return classify_status(outcome.status);
    const bool setup = outcome.outcome == AttemptClass::tls_failed
                       || outcome.outcome == AttemptClass::refused;
    return setup ? Trouble::setup : Trouble::passing;
}

bool is_breaker_failure(const Outcome& outcome) noexcept
{
    switch (outcome.outcome) {
    case AttemptClass::timed_out:
    case AttemptClass::connect_failed:
    case AttemptClass::tls_failed:
    case AttemptClass::protocol_error: return true;
    case AttemptClass::failed: return !outcome.final;
    case AttemptClass::rejected:
    case AttemptClass::throttled: return outcome.status >= 500 || outcome.status == 408;
    case AttemptClass::success:
    case AttemptClass::refused: return false;
    }
    return false;
}

bool asks_for_less(const Outcome& outcome) noexcept
{
    return outcome.outcome == AttemptClass::timed_out || outcome.status == 429
           || outcome.status == 503;
}

RetryPolicy::RetryPolicy(Options options) : options_{std::move(options)}
{
    assert(options_.jitter >= 0 && options_.jitter <= 1);
}

RetryPolicy::RetryPolicy(const RetrySettings& settings, bool by_consumers)
    : RetryPolicy{options_of(settings, by_consumers)}
{}

std::vector<milliseconds> RetryPolicy::default_delays()
{
    return {5s, 5min, 30min, 2h, 5h, 10h, 14h, 20h, 24h};
}

std::optional<milliseconds> RetryPolicy::next_delay(Trouble trouble, std::uint32_t attempts_made,
                                                    double random) const noexcept
{
    constexpr std::uint32_t limited_attempts = 3;
    constexpr std::size_t slow_skips = 2;  // first delays that the slow schedule leaves out
    if (trouble == Trouble::limited && attempts_made >= limited_attempts) return std::nullopt;
    const auto size = options_.delays.size();
    const auto skipped = trouble == Trouble::setup && size > 0 ? std::min(slow_skips, size - 1) : 0;
    const auto index = attempts_made - 1 + skipped;
    if (index >= size) return std::nullopt;
    const auto base = static_cast<double>(options_.delays[index].count());
    const auto factor = 1.0 + options_.jitter * (2.0 * random - 1.0);
    return milliseconds{static_cast<milliseconds::rep>(base * factor)};
}

Trouble RetryPolicy::classify(const Outcome& outcome) const noexcept
{
    const bool may_choose = !outcome.is_success() && !outcome.final && outcome.status != 0;
    for (std::size_t i = 0; may_choose && i < options_.statuses.size(); ++i) {
        const auto& rule = options_.statuses[i];
        if (rule.status_min <= outcome.status && outcome.status <= rule.status_max)
            return trouble_of(rule.retry);
    }
    const auto trouble = dispatch::classify(outcome);
    return trouble == Trouble::gone && options_.by_consumers ? Trouble::final : trouble;
}

bool RetryPolicy::is_breaker_failure(const Outcome& outcome) const noexcept
{
    const bool is_consumers = options_.by_consumers && outcome.outcome == AttemptClass::rejected;
    return !is_consumers && dispatch::is_breaker_failure(outcome);
}

Decision RetryPolicy::decide(const Outcome& outcome, const Progress& progress) const
{
    const auto trouble = classify(outcome);
    if (trouble == Trouble::none) return {};
    Decision decision;
    decision.trouble = trouble;
    if (outcome.retry_after)
        decision.wait_min = std::clamp(*outcome.retry_after, retry_after_min, retry_after_max);
    if (outcome.retry_after && !options_.by_consumers) decision.hold = decision.wait_min;
    const auto delay = trouble == Trouble::final || trouble == Trouble::gone
                           ? std::nullopt
                           : next_delay(trouble, progress.attempts_made, progress.random);
    if (!delay) {
        decision.next = Decision::Next::dead;
        decision.reason = dead_reason(trouble, outcome, progress.attempts_made);
        return decision;
    }
    // Retry-After lengthens the wait and never shortens it.
    decision.delay = std::max(*delay, decision.wait_min);
    if (options_.age_max.count() > 0 && progress.age + decision.delay > options_.age_max) {
        decision.next = Decision::Next::dead;
        decision.reason = "older than " + to_duration_text(options_.age_max)
                          + " before the next attempt: " + outcome.error;
        return decision;
    }
    decision.next = Decision::Next::retry;
    decision.reason = outcome.error;
    return decision;
}

RetryPolicy::Progress progress_of(const Delivery& delivery, Timestamp now, double random) noexcept
{
    const auto made = delivery.attempts + 1;
    const auto before = std::min(delivery.attempts_before, delivery.attempts);
    return {made - before, now - std::max(delivery.created_at, delivery.restarted_at), random};
}

bool is_extra(const Delivery& delivery, Timestamp now) noexcept
{
    const auto before = std::min(delivery.attempts_before, delivery.attempts);
    return delivery.attempts > before && delivery.slot_at > now;
}

}  // namespace katydid::dispatch
