#include "handlers/stream/consumers.hpp"

#include <algorithm>

namespace katydid::handlers::stream {

std::uint32_t Consumers::Place::free() const noexcept
{
    const auto count = static_cast<std::uint32_t>(holds.size());
    if (is_retired || bytes >= terms.bytes_max || count >= terms.credit) return 0;
    return terms.credit - count;
}

template <class Change>
void Consumers::change(Place& place, Change change)
{
    free_ -= place.free();
    change(place);
    const auto free = place.free();
    free_ += free;
    if ((free > 0) == place.has_turn) return;
    if (free > 0) place.turn = turns_.insert(turns_.end(), &place);
    else turns_.erase(place.turn);
    place.has_turn = free > 0;
}

void Consumers::add(ConsumerId id, Terms terms)
{
    auto& place = places_.try_emplace(id, Place{id, Terms{0}}).first->second;
    change(place, [&](Place& each) { each.terms = terms; });
}

void Consumers::retire(ConsumerId id)
{
    const auto found = places_.find(id);
    if (found == places_.end() || found->second.is_retired) return;
    change(found->second, [](Place& each) { each.is_retired = true; });
    if (found->second.holds.empty()) places_.erase(found);
    else ++retired_;
}

std::vector<DeliveryId> Consumers::remove(ConsumerId id)
{
    const auto found = places_.find(id);
    if (found == places_.end()) return {};
    auto& place = found->second;
    std::vector<DeliveryId> dropped{place.holds.begin(), place.holds.end()};
    std::ranges::sort(dropped);
    for (const auto& delivery : dropped) held_.erase(delivery);
    change(place, [](Place& each) { each.terms.credit = 0; });
    if (place.is_retired) --retired_;
    places_.erase(found);
    return dropped;
}

void Consumers::set_credit(ConsumerId id, std::uint32_t credit)
{
    const auto found = places_.find(id);
    if (found == places_.end()) return;
    change(found->second, [&](Place& each) { each.terms.credit = credit; });
}

std::optional<ConsumerId> Consumers::assign(DeliveryId delivery, std::size_t bytes)
{
    if (turns_.empty() || held_.contains(delivery)) return std::nullopt;
    auto& place = *turns_.front();
    change(place, [&](Place& each) {
        each.holds.insert(delivery);
        each.bytes += bytes;
    });
    held_[delivery] = {&place, bytes};
    if (place.has_turn) turns_.splice(turns_.end(), turns_, place.turn);
    return place.id;
}

bool Consumers::release(DeliveryId delivery)
{
    const auto found = held_.find(delivery);
    if (found == held_.end()) return false;
    const auto [place, bytes] = found->second;
    held_.erase(found);
    change(*place, [&](Place& each) {
        each.holds.erase(delivery);
        each.bytes -= bytes;
    });
    if (!place->is_retired || !place->holds.empty()) return true;
    --retired_;
    places_.erase(place->id);
    return true;
}

std::optional<ConsumerId> Consumers::holder_of(DeliveryId delivery) const
{
    const auto found = held_.find(delivery);
    if (found == held_.end()) return std::nullopt;
    return found->second.place->id;
}

}  // namespace katydid::handlers::stream
