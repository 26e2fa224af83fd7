// The scheduler's settings, alarms and what it does next. Its events are in scheduler_events.cpp.
#include "hub/dispatch/scheduler/scheduler.hpp"

#include "hub/core/subscription/subscription.hpp"
#include "hub/dispatch/scheduler/settlement.hpp"

#include <chrono>

namespace katydid::dispatch {
namespace {

using namespace std::chrono_literals;

/// Work of a subscription that cannot go on for longer than this leaves the memory to others.
constexpr auto block_release_after = 1s;
/// Before work is claimed again whose lease had run out.
constexpr auto lease_wait = 1s;
/// Wall time may be set forward, so that no wait for it is longer than this.
constexpr milliseconds wall_wait_max{60'000};
/// An attempt starts only with this much of a lease.
constexpr milliseconds lease_margin{1'000};
/// Ended but not committed: over that nothing starts.
constexpr std::uint32_t unsettled_max = 8'192;

}  // namespace

Scheduler::Scheduler(const Options& options, IdSource& ids)
    : options_{options},
      ids_{ids},
      random_{options.seed},
      memory_{options.memory},
      fair_{options.shares},
      claims_{options.claims_max}
{}

Scheduler::~Scheduler()
{
    for (auto& [id, queue] : queues_) {
        fair_.set_ready(*queue, false);
        for (auto& lane : queue->lanes()) claims_.drop(lane);
    }
}

Queue& Scheduler::queue_of(TenantId tenant, SubscriptionId id)
{
    auto& known = queues_[id];
    if (!known) {
        known = std::make_unique<Queue>(id, fair_.join(tenant), ++queues_made_, options_.breaker);
        if (removed_.contains(id)) known->remove();
    }
    return *known;
}

void Scheduler::forget_if_over(Queue& queue)
{
    if (!queue.is_over()) return;
    fair_.set_ready(queue, false);
    for (auto& lane : queue.lanes()) claims_.drop(lane);
    steady_alarms_.set(queue, queue.steady_alarm, std::nullopt);
    wall_alarms_.set(queue, queue.wall_alarm, std::nullopt);
    auto& tenant = queue.tenant;
    queues_.erase(queue.id);
    fair_.leave(tenant);
}

void Scheduler::put_subscription(SubscriptionPtr subscription, bool has_handler, Now now)
{
    removed_.erase(subscription->id);
    auto& queue = queue_of(subscription->tenant, subscription->id);
    const auto openings = queue.breaker().openings();
    queue.configure(std::move(subscription), has_handler);
    note_breaker(queue, openings, now);
    refresh(queue, now);
}

void Scheduler::set_may_send(SubscriptionId id, bool may_send, Now now)
{
    const auto found = queues_.find(id);
    if (found == queues_.end()) return;
    found->second->set_may_send(may_send);
    refresh(*found->second, now);
}

void Scheduler::hold(SubscriptionId id, SteadyTime until, Now now)
{
    const auto found = queues_.find(id);
    if (found == queues_.end()) return;
    found->second->hold(until);
    refresh(*found->second, now);
}

void Scheduler::remove_subscription(SubscriptionId id, Now now)
{
    removed_.insert(id);
    const auto found = queues_.find(id);
    if (found == queues_.end()) return;
    auto& queue = *found->second;
    const auto openings = queue.breaker().openings();
    queue.breaker().reset();
    note_breaker(queue, openings, now);
    queue.remove();
    refresh(queue, now);
    forget_if_over(queue);
}

void Scheduler::set_capacity(TenantId tenant, SubscriptionId id,
                             std::optional<std::uint32_t> capacity, Now now)
{
    auto& queue = queue_of(tenant, id);
    queue.set_capacity(capacity);
    refresh(queue, now);
}

void Scheduler::restore_breaker(const BreakerMemory& memory, Now now)
{
    auto& queue = queue_of(memory.tenant, memory.subscription);
    const auto wait = std::max(memory.open_until - now.wall, milliseconds{0});
    if (queue.breaker().openings() == 0) ++breakers_open_;
    queue.breaker().restore(memory.openings, now.steady + wait);
    refresh(queue, now);
}

void Scheduler::set_shares(Shares shares) { fair_.set_shares(shares); }

void Scheduler::set_tenant_share(TenantId tenant, std::uint32_t share)
{
    fair_.set_tenant_share(tenant, share);
}

void Scheduler::note_parked(const Delivery& delivery)
{
    auto* gate = queue_of(delivery.tenant, delivery.subscription).gate();
    if (gate != nullptr && !delivery.order_key.empty()) gate->note_parked(delivery);
}

void Scheduler::stop(Now now)
{
    stopping_ = true;
    for (auto& [id, queue] : queues_) refresh(*queue, now);
}

void Scheduler::next(Now now, Actions& out)
{
    ring_alarms(now);
    if (running_ && !stopping_) {
        while (unsettled_ + fair_.in_flight() < unsettled_max) {
            auto* queue = fair_.next();
            if (queue == nullptr) break;
            start(*queue, now);
        }
        while (auto* lane = claims_.take()) {
            auto& queue = *lane->queue;
            const auto count = std::min(memory_.claim_count(queue.work_bytes),
                                        queue.claim_count_max());
            memory_.reserve(count);
            lane->claiming = true;
            lane->due.reset();
            pending_.claims.push_back({queue.tenant.id, queue.id, lane->lane, count, now.wall});
        }
    }
    out.clear();
    std::swap(out, pending_);
}

void Scheduler::start(Queue& queue, Now now)
{
    const auto which = *queue.next_lane();
    auto& lane = queue.lane(which);
    auto& item = lane.ready.front();
    if (lease_expired(queue, item, now) || refuse(queue, item, now)) return;
    item.started = now;
    in_flight_.splice(in_flight_.end(), lane.ready, lane.ready.begin());
    --waiting_[static_cast<std::size_t>(which)];
    queue.started(item, now.steady);
    fair_.started(queue, item);
    // What consumers hold, for hours if they ask, must not take the places of others.
    item.has_share = !queue.has_capacity();
    if (!item.has_share) fair_.ended(queue);
    pending_.starts.push_back(&item);
    refresh(queue, now);
}

/// Another hub may own the subscription by the time an answer comes: everything in memory goes
/// back, and is asked for again a moment later.
bool Scheduler::lease_expired(Queue& queue, const Item& item, Now now)
{
    const auto& lease = item.work.lease;
    if (!lease || lease->holds_at(now.wall + lease_margin)) return false;
    ++pending_.withheld;
    queue.hold(now.steady + lease_wait);
    refresh(queue, now);
    return true;
}

/// A payload over the subscription's limit is dead at once: no attempt can change it.
bool Scheduler::refuse(Queue& queue, Item& item, Now now)
{
    const auto limit = queue.subscription()->limits.payload_bytes;
    const auto& payload = item.work.event->payload;
    if (limit == 0 || !payload || payload->size() <= limit) return false;
    const auto reason = "the payload has " + std::to_string(payload->size())
                        + " bytes, the subscription takes " + std::to_string(limit);
    tell(SubscriptionNotice::Kind::dead, item, reason);
    send_settle(queue, item, end_untried(item, DeliveryState::dead, reason, now.wall));
    leave_memory(item);
    queue.lane(item.work.delivery.lane).ready.erase(item.self);
    refresh(queue, now);
    return true;
}

/// Remembers an opening or a recovery for the next process.
void Scheduler::note_breaker(Queue& queue, std::uint32_t openings_before, Now now)
{
    const auto& breaker = queue.breaker();
    if (breaker.openings() == openings_before) return;
    if (openings_before == 0) ++breakers_open_;
    else if (breaker.openings() == 0) --breakers_open_;
    const auto wait = std::chrono::ceil<milliseconds>(breaker.open_until() - now.steady);
    const auto until = breaker.openings() > 0 ? now.wall + wait : Timestamp{};
    pending_.breakers.push_back({queue.tenant.id, queue.id, breaker.openings(), until});
}

std::optional<SteadyTime> Scheduler::wake_at(Now now) const
{
    auto wake = steady_alarms_.next();
    if (const auto due = wall_alarms_.next()) {
        const auto wait = std::clamp(*due - now.wall, milliseconds{0}, wall_wait_max);
        const auto at = now.steady + wait;
        wake = wake ? std::min(*wake, at) : at;
    }
    return wake;
}

void Scheduler::ring_alarms(Now now)
{
    while (auto* queue = steady_alarms_.due(now.steady)) {
        steady_alarms_.set(*queue, queue->steady_alarm, std::nullopt);
        refresh(*queue, now);
    }
    while (auto* queue = wall_alarms_.due(now.wall)) {
        wall_alarms_.set(*queue, queue->wall_alarm, std::nullopt);
        refresh(*queue, now);
    }
}

/// Brings everything that follows from a queue's state up to date: its place in the turns, its
/// alarms, its wish to claim. Called after every change of it.
void Scheduler::refresh(Queue& queue, Now now)
{
    const auto blocked = queue.blocked_until(now.steady);
    if (stopping_ || (blocked && *blocked >= now.steady + block_release_after))
        release_waiting(queue, now);
    const bool has_next = !blocked && queue.next_lane().has_value();
    const bool has_token = queue.has_token(now.steady);
    fair_.set_ready(queue, has_next && has_token && !stopping_);

    std::optional<SteadyTime> alarm;
    if (blocked && *blocked != SteadyTime::max()) alarm = *blocked;
    if (has_next && !has_token) alarm = queue.next_token_at();
    steady_alarms_.set(queue, queue.steady_alarm, alarm);
    plan_claims(queue, blocked.has_value(), now);
}

void Scheduler::plan_claims(Queue& queue, bool blocked, Now now)
{
    std::optional<Timestamp> alarm;
    for (auto& lane : queue.lanes()) {
        const bool may_claim = lane.due && !lane.claiming && !blocked && !stopping_;
        if (!may_claim) {
            claims_.drop(lane);
            continue;
        }
        if (*lane.due > now.wall) {
            claims_.drop(lane);
            alarm = alarm ? std::min(*alarm, *lane.due) : *lane.due;
            continue;
        }
        const auto count = std::min(memory_.claim_count(queue.work_bytes), queue.claim_count_max());
        if (lane.in_memory < std::max(count / 2, 1U)) claims_.want(lane);
        else claims_.drop(lane);
    }
    wall_alarms_.set(queue, queue.wall_alarm, alarm);
}

std::uint32_t Scheduler::in_flight(SubscriptionId id) const
{
    const auto found = queues_.find(id);
    return found == queues_.end() ? 0 : found->second->in_flight();
}

std::array<std::optional<Timestamp>, lane_count> Scheduler::oldest_due() const
{
    std::array<std::optional<Timestamp>, lane_count> oldest;
    for (const auto& [id, queue] : queues_)
        for (std::size_t lane = 0; lane < lane_count; ++lane) {
            const auto due = queue->oldest_due(static_cast<Lane>(lane));
            if (due && (!oldest[lane] || *due < *oldest[lane])) oldest[lane] = due;
        }
    return oldest;
}

std::optional<SubscriptionState> Scheduler::state_of(SubscriptionId id, Now now) const
{
    const auto found = queues_.find(id);
    if (found == queues_.end() || found->second->is_removed()) return std::nullopt;
    return found->second->state(now);
}

double Scheduler::random() { return static_cast<double>(random_() >> 11U) * 0x1.0p-53; }

}  // namespace katydid::dispatch
