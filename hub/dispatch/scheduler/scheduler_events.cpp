// What the scheduler does about things that happened.
#include "hub/dispatch/scheduler/scheduler.hpp"
#include "hub/dispatch/scheduler/settlement.hpp"

#include <algorithm>

namespace katydid::dispatch {
namespace {

using Told = SubscriptionNotice::Kind;

const std::string removed_reason = "the subscription was deleted";

}  // namespace

void Scheduler::on_work(std::vector<store::Work> works, Now now)
{
    for (auto& work : works) {
        auto& queue = queue_of(work.delivery.tenant, work.delivery.subscription);
        take_in(queue, std::move(work), Arrival::handed_over, now);
        refresh(queue, now);
    }
}

void Scheduler::on_backlog(TenantId tenant, SubscriptionId id, Lane lane, Timestamp due, Now now)
{
    auto& queue = queue_of(tenant, id);
    note_due(queue, lane, due);
    refresh(queue, now);
    forget_if_over(queue);
}

/// The store has something for later; of a deleted subscription, which no caller will ask for.
void Scheduler::note_due(Queue& queue, Lane lane, Timestamp due)
{
    if (!queue.is_removed()) return queue.note_due(lane, due);
    const Orphans orphans{queue.tenant.id, queue.id};
    if (std::ranges::find(pending_.orphans, orphans) == pending_.orphans.end())
        pending_.orphans.push_back(orphans);
}

void Scheduler::on_claimed(const store::Claim& claim, store::Claimed claimed, Now now)
{
    claims_.answered();
    memory_.unreserve(claim.count_max);
    auto& queue = queue_of(claim.tenant, claim.subscription);
    queue.lane(claim.lane).claiming = false;
    if (!claimed.exhausted) note_due(queue, claim.lane, claim.now);
    else if (claimed.next_due) note_due(queue, claim.lane, *claimed.next_due);
    // Claimed by due time; the order of a key goes by acceptance.
    if (queue.gate() != nullptr)
        std::ranges::sort(claimed.works, {},
                          [](const store::Work& work) { return work.delivery.id; });
    const bool is_last = claimed.exhausted && claim.lane == Lane::retry && !queue.bringing_forward;
    const auto how = is_last ? Arrival::claimed_last : Arrival::claimed;
    for (auto& work : claimed.works) take_in(queue, std::move(work), how, now);
    refresh(queue, now);
    forget_if_over(queue);
}

void Scheduler::on_claim_failed(const store::Claim& claim, Now now)
{
    claims_.answered();
    memory_.unreserve(claim.count_max);
    auto& queue = queue_of(claim.tenant, claim.subscription);
    queue.lane(claim.lane).claiming = false;
    note_due(queue, claim.lane, claim.now);
    refresh(queue, now);
    forget_if_over(queue);
}

void Scheduler::take_in(Queue& queue, store::Work work, Arrival how, Now now)
{
    const auto lane = work.delivery.lane;
    const auto payload_bytes = work.event->payload ? work.event->payload->size() : 0;
    Items arrived;
    auto& item = arrived.emplace_back();
    item.work = std::move(work);
    item.queue = &queue;
    item.self = arrived.begin();
    item.bytes = payload_bytes + MemoryBudget::work_overhead_bytes;
    queue.work_bytes = (queue.work_bytes * 7 + item.bytes) / 8;
    memory_.add(item.bytes);
    ++queue.lane(lane).in_memory;
    ++waiting_[static_cast<std::size_t>(lane)];
    if (has_room(queue, lane, how)) enter(queue, arrived, how, now);
    else release(queue, arrived, now);
}

bool Scheduler::has_room(Queue& queue, Lane which, Arrival how)
{
    if (stopping_) return false;
    if (how != Arrival::handed_over) return true;
    auto& lane = queue.lane(which);
    // Ordered work must not overtake what the store still has of its lane.
    const bool behind_store = lane.due || lane.claiming || queue.releasing > 0;
    if (queue.gate() != nullptr && behind_store) return false;
    return lane.in_memory <= memory_.window();
}

void Scheduler::enter(Queue& queue, Items& arrived, Arrival how, Now now)
{
    const auto item = arrived.begin();
    const auto& delivery = item->work.delivery;
    auto* gate = queue.gate();
    auto entry = OrderGate::Entry::run;
    if (gate != nullptr && !delivery.order_key.empty())
        entry = gate->enter(delivery, how == Arrival::claimed_last, now.wall);
    switch (entry) {
    case OrderGate::Entry::run:
        insert_in_order(queue.lane(delivery.lane).ready, arrived, item);
        break;
    case OrderGate::Entry::wait: gate->hold(arrived, item); break;
    case OrderGate::Entry::park:
        park_behind(queue, arrived, gate->parked_until(delivery.order_key), now.wall);
        break;
    }
}

void Scheduler::on_attempt_ended(Item& item, const Outcome& outcome, Now now)
{
    auto& queue = *item.queue;
    const auto& delivery = item.work.delivery;
    queue.ended(delivery.lane);
    if (item.has_share) fair_.ended(queue);
    const auto openings = queue.breaker().openings();
    const auto change = queue.judge(item, outcome, now.steady, random());
    note_breaker(queue, openings, now);
    const auto decision = decide(item, outcome, now);
    if (decision.hold) queue.hold(now.steady + *decision.hold);
    if (change == Breaker::Change::opened) tell(Told::degraded, item, decision.reason);
    if (change == Breaker::Change::recovered) tell(Told::recovered, item, {});
    if (change == Breaker::Change::answers) bring_forward(queue, now);
    follow_up(item, decision);
    auto settlement = settle(item, outcome, decision, {ids_.make<AttemptId>(), now});
    settlement.is_counted = !is_extra(delivery, now.wall);
    if (queue.is_removed() && !is_final(settlement.state)) {
        settlement.state = DeliveryState::cancelled;
        settlement.reason = removed_reason;
    }
    finish(item, std::move(settlement));
    refresh(queue, now);
}

/// An extra attempt changes nothing in the schedule: if it fails, the slot is still to come.
Decision Scheduler::decide(const Item& item, const Outcome& outcome, Now now)
{
    const auto& delivery = item.work.delivery;
    auto progress = progress_of(delivery, now.wall, random());
    const bool extra = is_extra(delivery, now.wall);
    if (extra) --progress.attempts_made;
    auto decision = item.queue->policy().decide(outcome, progress);
    if (extra)
        decision.delay = std::max<milliseconds>(delivery.slot_at - now.wall, decision.wait_min);
    return decision;
}

void Scheduler::on_receiver_up(SubscriptionId id, Now now)
{
    const auto found = queues_.find(id);
    if (found == queues_.end() || !found->second->note_up(now.steady)) return;
    bring_forward(*found->second, now);
    refresh(*found->second, now);
}

/// What waits for its slot goes now, oldest first: the receiver that made it wait is back. The
/// gate parks nothing for longer from here on, and takes nothing for cancelled until the store
/// has moved the slots.
void Scheduler::bring_forward(Queue& queue, Now now)
{
    if (queue.is_removed() || queue.bringing_forward || stopping_) return;
    queue.bringing_forward = true;
    if (queue.gate() != nullptr) queue.gate()->bring_forward(now.wall);
    pending_.returned.push_back({queue.tenant.id, queue.id});
}

void Scheduler::on_brought_forward(SubscriptionId id, Now now)
{
    const auto found = queues_.find(id);
    if (found == queues_.end()) return;
    auto& queue = *found->second;
    queue.bringing_forward = false;
    note_due(queue, Lane::retry, now.wall);
    refresh(queue, now);
    forget_if_over(queue);
}

void Scheduler::follow_up(Item& item, const Decision& decision)
{
    if (decision.next != Decision::Next::dead) return;
    tell(Told::dead, item, decision.reason);
    if (decision.trouble != Trouble::gone) return;
    item.queue->mark_gone();
    tell(Told::gone, item, decision.reason);
}

void Scheduler::tell(Told kind, const Item& item, const std::string& reason)
{
    pending_.notices.push_back(
        {kind, item.queue->subscription(), item.work.delivery.id, item.work.event, reason});
}

void Scheduler::on_attempt_interrupted(Item& item, Now now)
{
    auto& queue = *item.queue;
    queue.ended(item.work.delivery.lane);
    if (item.has_share) fair_.ended(queue);
    finish(item, settle_interrupted(item, {ids_.make<AttemptId>(), now}));
    refresh(queue, now);
}

/// As if it had not started: it keeps its place before the others of its key, and no attempt is
/// counted or recorded.
void Scheduler::on_given_back(Item& item, Now now)
{
    auto& queue = *item.queue;
    const auto lane = item.work.delivery.lane;
    queue.ended(lane);
    if (item.has_share) fair_.ended(queue);
    ++waiting_[static_cast<std::size_t>(lane)];
    queue.give_back(in_flight_, item);
    refresh(queue, now);
    forget_if_over(queue);
}

/// Its receiver was not asked, so this says nothing about it.
void Scheduler::on_not_wanted(Item& item, std::string reason, Now now)
{
    auto& queue = *item.queue;
    queue.ended(item.work.delivery.lane);
    if (item.has_share) fair_.ended(queue);
    reason = cut_text(std::move(reason), error_bytes_max);
    finish(item, end_untried(item, DeliveryState::cancelled, std::move(reason), now.wall));
    refresh(queue, now);
}

/// Hands the settlement over and lets the item go. Those of its key that wait behind a retry are
/// written back with it, in the same batch.
void Scheduler::finish(Item& item, store::Settlement settlement)
{
    auto& queue = *item.queue;
    const auto& key = item.work.delivery.order_key;
    const auto due = settlement.due_at;
    const auto now = settlement.settled_at;
    const bool again = settlement.state == DeliveryState::scheduled;
    send_settle(queue, item, std::move(settlement));
    Items parked;
    if (again && queue.gate() != nullptr && !key.empty())
        queue.gate()->leave_until(item.work.delivery, due, parked);
    park_behind(queue, parked, due, now);
    memory_.remove(item.bytes);
    in_flight_.erase(item.self);
}

void Scheduler::park_behind(Queue& queue, Items& parked, Timestamp due, Timestamp now)
{
    for (auto& item : parked) {
        send_settle(queue, item, park(item, due, now));
        leave_memory(item);
    }
    parked.clear();
}

void Scheduler::send_settle(Queue& queue, const Item& item, store::Settlement settlement)
{
    ++queue.unsettled;
    ++unsettled_;
    const auto& delivery = item.work.delivery;
    pending_.settles.push_back({queue.id, queue.subscription(), delivery.event, item.work.event,
                                delivery.created_at, delivery.order_key, std::move(settlement)});
}

void Scheduler::leave_memory(const Item& item)
{
    const auto lane = item.work.delivery.lane;
    --item.queue->lane(lane).in_memory;
    --waiting_[static_cast<std::size_t>(lane)];
    memory_.remove(item.bytes);
}

void Scheduler::on_settled(const Settle& settle, Now now)
{
    const auto& settlement = settle.settlement;
    auto& queue = queue_of(settlement.tenant, settle.id);
    --queue.unsettled;
    --unsettled_;
    if (!is_final(settlement.state)) {
        note_due(queue, settlement.lane, settlement.due_at);
        if (queue.gate() != nullptr)
            queue.gate()->mark_stored(settle.order_key, settlement.delivery);
    } else if (queue.gate() != nullptr && !settle.order_key.empty()) {
        Items next;
        queue.gate()->leave(settle.order_key, next);
        if (!next.empty()) {
            const auto lane = next.front().work.delivery.lane;
            insert_in_order(queue.lane(lane).ready, next, next.begin());
        }
    }
    refresh(queue, now);
    forget_if_over(queue);
}

void Scheduler::on_released(const Release& release, Now now)
{
    auto& queue = queue_of(release.tenant, release.subscription);
    --queue.releasing;
    note_due(queue, release.lane, release.due);
    if (queue.gate() != nullptr) queue.gate()->mark_stored(release.order_key, release.delivery);
    refresh(queue, now);
    forget_if_over(queue);
}

void Scheduler::release(Queue& queue, Items& items, Now now)
{
    if (queue.is_removed()) return cancel_waiting(queue, items, now);
    for (const auto& item : items) {
        const auto& delivery = item.work.delivery;
        ++queue.releasing;
        pending_.releases.push_back({delivery.tenant, queue.id, delivery.id, delivery.lane,
                                     delivery.due_at, delivery.order_key});
        leave_memory(item);
    }
    items.clear();
}

/// Nobody will ask for the work of a subscription that was deleted.
void Scheduler::cancel_waiting(Queue& queue, Items& items, Now now)
{
    for (const auto& item : items) {
        send_settle(queue, item,
                    end_untried(item, DeliveryState::cancelled, removed_reason, now.wall));
        leave_memory(item);
    }
    items.clear();
}

/// Gives back everything that is ready, and what waits behind it for its key.
void Scheduler::release_waiting(Queue& queue, Now now)
{
    for (auto& lane : queue.lanes()) {
        while (!lane.ready.empty()) {
            const auto& delivery = lane.ready.front().work.delivery;
            Items behind;
            if (queue.gate() != nullptr && !delivery.order_key.empty())
                queue.gate()->step_back(delivery, behind);
            behind.splice(behind.begin(), lane.ready, lane.ready.begin());
            release(queue, behind, now);
        }
    }
}

}  // namespace katydid::dispatch
