#include "hub/dispatch/scheduler/queue.hpp"

#include "hub/core/subscription/subscription.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace katydid::dispatch {
namespace {

/// A receiver that says it is up, and takes nothing, is not believed again for so long.
constexpr std::chrono::minutes up_again_after{5};

/// Works that may be claimed at once under a rate: some two seconds' worth.
std::uint32_t claim_count_of(const Limits& limits)
{
    if (!(limits.per_second > 0)) return std::numeric_limits<std::uint32_t>::max();
    const auto tokens = std::ceil(std::min(limits.per_second * 2, 1e6));
    return std::max({2U, static_cast<std::uint32_t>(tokens), limits.burst});
}

AdaptiveLimit::Sign sign_of(const Outcome& outcome) noexcept
{
    if (asks_for_less(outcome)) return AdaptiveLimit::Sign::asks_for_less;
    return outcome.is_success() ? AdaptiveLimit::Sign::success : AdaptiveLimit::Sign::neither;
}

std::string_view name_of(Breaker::State state) noexcept
{
    switch (state) {
    case Breaker::State::closed: return "closed";
    case Breaker::State::open: return "open";
    case Breaker::State::probing: return "probing";
    case Breaker::State::ramping: return "ramping";
    }
    return "closed";
}

}  // namespace

Queue::Queue(SubscriptionId subscription, Tenant& owner, std::uint64_t number,
             const Breaker::Options& breaker)
    : id{subscription},
      tenant{owner},
      ordinal{number},
      policy_{RetrySettings{}},
      breaker_{breaker}
{
    for (std::size_t i = 0; i < lane_count; ++i) {
        lanes_[i].queue = this;
        lanes_[i].lane = static_cast<Lane>(i);
    }
}

void Queue::configure(SubscriptionPtr subscription, bool has_handler)
{
    if (subscription_ && subscription_->handler.url != subscription->handler.url) {
        // What was learned is about another receiver.
        breaker_.reset();
        adaptive_ = {};
        budget_ = {};
        held_until_ = SteadyTime::min();
        failing_ = false;
        up_at_.reset();
    }
    subscription_ = std::move(subscription);
    has_handler_ = has_handler;
    gone_ = false;
    removed_ = false;
    const bool by_consumers = subscription_->handler.kind == HandlerKind::stream;
    policy_ = RetryPolicy{subscription_->retry, by_consumers};
    const auto& limits = subscription_->limits;
    bucket_.set_limit(limits.per_second, limits.burst);
    claim_count_max_ = claim_count_of(limits);
    adaptive_.configure(limits.adaptive, std::max(limits.in_flight, 1U));
    if (limits.ordering == Ordering::key) {
        if (!gate_) gate_ = std::make_unique<OrderGate>();
    } else if (gate_) {
        Items free;
        gate_->drain(free);
        while (!free.empty()) {
            const auto item = free.begin();
            insert_in_order(lane(item->work.delivery.lane).ready, free, item);
        }
        gate_.reset();
    }
}

void Queue::remove() noexcept
{
    subscription_ = nullptr;
    removed_ = true;
    for (auto& each : lanes_) each.due.reset();
}

std::optional<SteadyTime> Queue::blocked_until(SteadyTime now) noexcept
{
    const bool may_send = subscription_ && has_handler_ && !gone_ && capacity_ != 0U
                          && subscription_->status == SubscriptionStatus::active;
    if (!may_send) return SteadyTime::max();
    breaker_.advance(now);
    auto until = held_until_;
    if (breaker_.state() == Breaker::State::open) until = std::max(until, breaker_.open_until());
    if (until <= now) return std::nullopt;
    return until;
}

std::uint32_t Queue::cap() const noexcept
{
    if (!subscription_) return 0;
    const auto limit = std::max(subscription_->limits.in_flight, 1U);
    const auto bearable = adaptive_.is_enabled() ? adaptive_.current() : limit;
    return std::min({limit, bearable, breaker_.cap(), capacity_.value_or(limit)});
}

LaneMask Queue::eligible() const noexcept
{
    const auto limit = cap();
    if (in_flight_ >= limit) return {};
    const auto& [fresh, retry, replay] = lanes_;
    // One slot in eight stays free for fresh work and one in four for anything but replays, so
    // that slow retries never occupy all of a subscription.
    const auto later = retry.in_flight + replay.in_flight;
    const bool has_room = later < limit - limit / 8;
    const bool may_retry = has_room && (!budget_.is_spent() || retry.in_flight == 0);
    const bool may_replay = has_room && replay.in_flight < limit - limit / 4;
    return {!fresh.ready.empty(), may_retry && !retry.ready.empty(),
            may_replay && !replay.ready.empty()};
}

std::optional<Lane> Queue::next_lane() noexcept { return picker_.pick(eligible()); }

void Queue::started(Item& item, SteadyTime now) noexcept
{
    const auto which = item.work.delivery.lane;
    auto& from = lane(which);
    --from.in_memory;
    ++from.in_flight;
    ++in_flight_;
    bucket_.take(now);
    picker_.charge(which);
    item.breaker_epoch = breaker_.epoch();
    item.adaptive_epoch = adaptive_.epoch();
}

void Queue::give_back(Items& in_flight, Item& item)
{
    auto& to = lane(item.work.delivery.lane);
    ++to.in_memory;
    insert_in_order(to.ready, in_flight, item.self);
}

void Queue::ended(Lane which) noexcept
{
    --lane(which).in_flight;
    --in_flight_;
}

Breaker::Change Queue::judge(const Item& item, const Outcome& outcome, SteadyTime now,
                             double random)
{
    budget_.record(outcome.is_success());
    failing_ = !outcome.is_success();
    if (!failing_) up_at_.reset();
    adaptive_.record(sign_of(outcome), item.adaptive_epoch);
    return breaker_.record(policy_.is_breaker_failure(outcome), item.breaker_epoch, now, random);
}

bool Queue::note_up(SteadyTime now) noexcept
{
    if (up_at_ && now < *up_at_ + up_again_after) return false;
    if (failing_) up_at_ = now;
    breaker_.probe_now(now);
    return true;
}

void Queue::note_due(Lane which, Timestamp due)
{
    if (removed_) return;
    auto& known = lane(which).due;
    known = known ? std::min(*known, due) : due;
}

SubscriptionState Queue::state(Now now) const
{
    SubscriptionState state;
    state.in_flight = in_flight_;
    state.in_flight_limit = cap();
    if (adaptive_.is_enabled()) state.adaptive_limit = adaptive_.current();
    for (std::size_t i = 0; i < lane_count; ++i) {
        state.queued[i] = lanes_[i].in_memory;
        state.more_in_store = state.more_in_store || lanes_[i].due || lanes_[i].claiming;
    }
    state.breaker = name_of(breaker_.state());
    auto until = held_until_;
    if (breaker_.state() == Breaker::State::open) until = std::max(until, breaker_.open_until());
    if (until > now.steady)
        state.resumes_at = now.wall + std::chrono::ceil<milliseconds>(until - now.steady);
    return state;
}

std::size_t Queue::waiting() const noexcept
{
    std::size_t count = 0;
    for (const auto& each : lanes_) count += each.in_memory;
    return count;
}

std::optional<Timestamp> Queue::oldest_due(Lane lane) const
{
    if (!subscription_ || subscription_->status != SubscriptionStatus::active || !has_handler_)
        return std::nullopt;
    const auto& queue = lanes_[static_cast<std::size_t>(lane)];
    auto oldest = queue.due;
    if (!queue.ready.empty()) {
        const auto& delivery = queue.ready.front().work.delivery;
        const auto due = std::max(delivery.due_at, delivery.created_at);
        oldest = oldest ? std::min(*oldest, due) : due;
    }
    return oldest;
}

bool Queue::is_over() const noexcept
{
    const bool claiming = std::ranges::any_of(lanes_, &LaneQueue::claiming);
    const bool is_written = unsettled == 0 && releasing == 0;
    return removed_ && waiting() == 0 && in_flight_ == 0 && is_written && !claiming;
}

}  // namespace katydid::dispatch
