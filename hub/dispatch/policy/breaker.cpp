#include "hub/dispatch/policy/breaker.hpp"

#include <algorithm>

namespace katydid::dispatch {

void Breaker::advance(SteadyTime now) noexcept
{
    if (state_ != State::open || now < open_until_) return;
    state_ = State::probing;
    ++epoch_;
}

void Breaker::probe_now(SteadyTime now) noexcept
{
    if (state_ == State::open) open_until_ = std::min(open_until_, now);
    advance(now);
}

std::uint32_t Breaker::cap() const noexcept
{
    switch (state_) {
    case State::closed: return unlimited;
    case State::open: return 0;
    case State::probing: return 1;
    case State::ramping: return ramp_cap_;
    }
    return unlimited;
}

Breaker::Change Breaker::record(bool failure, std::uint32_t epoch, SteadyTime now,
                                double random) noexcept
{
    if (!options_.enabled || epoch != epoch_ || state_ == State::open) return Change::none;
    if (state_ == State::closed) {
        if (!window_says_open(failure, now)) return Change::none;
        open(now, random);
        return Change::opened;
    }
    if (failure) {
        open(now, random);
        return Change::none;  // it never recovered, so this is no news
    }
    if (state_ == State::probing) {
        state_ = State::ramping;
        ramp_cap_ = 2;
        ramp_successes_ = 0;
        return Change::answers;
    }
    if (++ramp_successes_ < ramp_cap_) return Change::none;
    ramp_successes_ = 0;
    ramp_cap_ *= 2;
    if (ramp_cap_ <= options_.cap_full) return Change::none;
    state_ = State::closed;
    openings_ = 0;
    window_ = {};
    return Change::recovered;
}

bool Breaker::window_says_open(bool failure, SteadyTime now) noexcept
{
    const auto part = options_.window.count() / std::int64_t{slots};
    const auto slot_length = std::max<std::int64_t>(part, 1);
    const auto elapsed = std::chrono::duration_cast<milliseconds>(now.time_since_epoch()).count();
    const auto number = elapsed / slot_length;
    auto& slot = window_[static_cast<std::size_t>(number) % slots];
    if (slot.number != number) slot = {number, 0, 0};
    ++slot.results;
    if (!failure) return false;
    ++slot.failures;
    std::uint32_t results = 0;
    std::uint32_t failures = 0;
    for (const auto& each : window_) {
        if (each.number <= number - std::int64_t{slots}) continue;
        results += each.results;
        failures += each.failures;
    }
    constexpr std::uint32_t results_min = 10;
    return results >= results_min && failures * 2 >= results;
}

void Breaker::open(SteadyTime now, double random) noexcept
{
    const auto doublings = std::min(openings_, 20U);
    const auto base = std::min(static_cast<double>(options_.open_min.count())
                                   * static_cast<double>(1U << doublings),
                               static_cast<double>(options_.open_max.count()));
    const auto factor = 1.0 + options_.jitter * (2.0 * random - 1.0);
    state_ = State::open;
    open_until_ = now + milliseconds{static_cast<milliseconds::rep>(base * factor)};
    ++openings_;
    ++epoch_;
    window_ = {};
}

void Breaker::reset() noexcept
{
    state_ = State::closed;
    openings_ = 0;
    window_ = {};
    ++epoch_;
}

void Breaker::restore(std::uint32_t openings, SteadyTime open_until) noexcept
{
    state_ = State::open;
    openings_ = std::max(openings, 1U);
    open_until_ = open_until;
    ++epoch_;
}

}  // namespace katydid::dispatch
