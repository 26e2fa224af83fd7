#include "hub/dispatch/order_gate.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>

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

OrderGate::Entry OrderGate::enter(const std::string& key, Lane lane)
{
    auto& state = keys_[key];
    if (lane == Lane::retry && state.parked > 0) --state.parked;
    if (lane == Lane::fresh && state.parked > 0) {
        ++state.parked;
        return Entry::park;
    }
    if (state.busy || !state.waiting.empty()) return Entry::wait;
    state.busy = true;
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

void OrderGate::leave_until(const std::string& key, Timestamp due, Items& parked)
{
    auto& state = keys_[key];
    state.busy = false;
    state.due = due;
    state.parked += static_cast<std::uint32_t>(1 + state.waiting.size());
    parked.splice(parked.end(), state.waiting);
}

void OrderGate::step_back(const std::string& key, Lane lane, Timestamp due, Items& behind)
{
    const auto found = keys_.find(key);
    if (found == keys_.end()) return;
    auto& state = found->second;
    state.busy = false;
    if (lane == Lane::retry) {
        ++state.parked;
        state.due = due;
    }
    behind.splice(behind.end(), state.waiting);
    drop_if_idle(found);
}

void OrderGate::note_parked(const std::string& key, Timestamp due)
{
    auto& state = keys_[key];
    ++state.parked;
    state.due = std::max(state.due, due);
}

void OrderGate::forget_parked()
{
    for (auto key = keys_.begin(); key != keys_.end();) {
        const auto current = key++;
        current->second.parked = 0;
        drop_if_idle(current);
    }
}

void OrderGate::drain(Items& out)
{
    for (auto& [key, state] : keys_) out.splice(out.end(), state.waiting);
    keys_.clear();
}

void OrderGate::drop_if_idle(std::unordered_map<std::string, Key>::iterator key)
{
    const auto& state = key->second;
    if (!state.busy && state.parked == 0 && state.waiting.empty()) keys_.erase(key);
}

}  // namespace katydid::dispatch
