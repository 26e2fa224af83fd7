#include "hub/dispatch/scheduler/order_gate.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace katydid::dispatch {
namespace {

bool is_due_before(const Item& a, const Item& b) noexcept
{
    const auto& left = a.work.delivery;
    const auto& right = b.work.delivery;
    return std::tie(left.due_at, left.id) < std::tie(right.due_at, right.id);
}

bool was_accepted_before(const Item& a, const Item& b) noexcept
{
    return a.work.delivery.id < b.work.delivery.id;
}

/// Nearly always the newest, so the search starts at the end.
template <class Before>
void insert_sorted(Items& items, Items& from, Items::iterator item, Before before)
{
    auto position = items.end();
    while (position != items.begin() && before(*item, *std::prev(position))) --position;
    items.splice(position, from, item);
}

}  // namespace

void insert_in_order(Items& lane, Items& from, Items::iterator item)
{
    insert_sorted(lane, from, item, is_due_before);
}

OrderGate::Entry OrderGate::enter(const Delivery& delivery, bool all_due_came, Timestamp now)
{
    auto& key = keys_[delivery.order_key];
    key.parked.erase(delivery.id);
    // Those that are committed, due and yet did not come were cancelled.
    if (all_due_came && key.due <= now)
        std::erase_if(key.parked,
                      [&](const auto& each) { return each.second && each.first < delivery.id; });
    if (!key.parked.empty() && key.parked.begin()->first < delivery.id) {
        park(key, delivery.id, std::max(key.due, now), false);
        return Entry::park;
    }
    if (key.busy || !key.waiting.empty()) return Entry::wait;
    key.busy = true;
    return Entry::run;
}

Timestamp OrderGate::parked_until(const std::string& key) const
{
    const auto found = keys_.find(key);
    return found == keys_.end() ? Timestamp{} : found->second.due;
}

void OrderGate::hold(Items& from, Items::iterator item)
{
    auto& waiting = keys_[item->work.delivery.order_key].waiting;
    insert_sorted(waiting, from, item, was_accepted_before);
}

void OrderGate::leave(const std::string& key, Items& next)
{
    const auto found = keys_.find(key);
    if (found == keys_.end()) return;
    auto& state = found->second;
    state.busy = false;
    if (!state.waiting.empty()) {
        next.splice(next.end(), state.waiting, state.waiting.begin());
        state.busy = true;
    }
    drop_if_idle(found);
}

void OrderGate::leave_until(const Delivery& head, Timestamp due, Items& parked)
{
    auto& key = keys_[head.order_key];
    key.busy = false;
    park(key, head.id, due, false);
    for (const auto& item : key.waiting) park(key, item.work.delivery.id, due, false);
    parked.splice(parked.end(), key.waiting);
}

void OrderGate::step_back(const Delivery& head, Items& behind)
{
    const auto found = keys_.find(head.order_key);
    if (found == keys_.end()) return;
    auto& key = found->second;
    key.busy = false;
    const auto note = [&](const Delivery& delivery) {
        if (delivery.lane == Lane::retry) park(key, delivery.id, delivery.due_at, false);
    };
    note(head);
    for (const auto& item : key.waiting) note(item.work.delivery);
    behind.splice(behind.end(), key.waiting);
    drop_if_idle(found);
}

void OrderGate::note_parked(const Delivery& delivery)
{
    park(keys_[delivery.order_key], delivery.id, delivery.due_at, true);
}

void OrderGate::mark_stored(const std::string& key, DeliveryId id)
{
    const auto found = keys_.find(key);
    if (found == keys_.end()) return;
    const auto parked = found->second.parked.find(id);
    if (parked != found->second.parked.end()) parked->second = true;
}

void OrderGate::bring_forward(Timestamp due)
{
    for (auto& [key, state] : keys_) state.due = std::min(state.due, due);
}

void OrderGate::drain(Items& out)
{
    for (auto& [key, state] : keys_) out.splice(out.end(), state.waiting);
    keys_.clear();
}

void OrderGate::park(Key& key, DeliveryId id, Timestamp due, bool stored)
{
    key.parked[id] = stored;
    key.due = std::max(key.due, due);
}

void OrderGate::drop_if_idle(Keys::iterator key)
{
    const auto& state = key->second;
    if (!state.busy && state.parked.empty() && state.waiting.empty()) keys_.erase(key);
}

}  // namespace katydid::dispatch
