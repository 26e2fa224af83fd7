#include "hub/store/postgres/cluster/ownership.hpp"

namespace katydid::store::postgres {
namespace {

/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014).
constexpr std::uint64_t scramble(std::uint64_t value) noexcept
{
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

std::uint64_t fold(const IdBytes& id) noexcept
{
    std::uint64_t parts[2] = {};
    std::memcpy(parts, id.data(), sizeof parts);
    return scramble(parts[0] + scramble(parts[1]));
}

}  // namespace

const Owned* Ownership::find(const Subscriber& subscriber) const
{
    const auto found = owned_.find(subscriber);
    return found == owned_.end() ? nullptr : &found->second;
}

const Owned* Ownership::find_active(const Subscriber& subscriber, Timestamp now) const
{
    const auto* owned = find(subscriber);
    const bool is_active = owned != nullptr && !owned->leaves_at && owned->lease->holds_at(now);
    return is_active ? owned : nullptr;
}

bool Ownership::is_known(const Subscriber& subscriber) const
{
    return owned_.contains(subscriber) || foreign_.contains(subscriber);
}

bool Ownership::take(const Subscriber& subscriber, std::int64_t token)
{
    auto& owned = owned_[subscriber];
    if (owned.lease && owned.token == token) return false;
    if (owned.lease) owned.lease->end();
    owned = {token, std::make_shared<Lease>(), std::nullopt, ++epoch_, false};
    owned.lease->renew_until(lease_end_);
    foreign_.erase(subscriber);
    return true;
}

void Ownership::take_provisionally(const Subscriber& subscriber, std::int64_t token)
{
    if (take(subscriber, token)) owned_[subscriber].is_provisional = true;
}

void Ownership::confirm(const Subscriber& subscriber)
{
    const auto found = owned_.find(subscriber);
    if (found == owned_.end()) return;
    found->second.is_provisional = false;
    found->second.since = ++epoch_;
}

void Ownership::forget(const Subscriber& subscriber)
{
    lose(subscriber);
    foreign_.erase(subscriber);
}

void Ownership::lose(const Subscriber& subscriber)
{
    const auto found = owned_.find(subscriber);
    if (found == owned_.end()) return;
    found->second.lease->end();
    owned_.erase(found);
    if (foreign_.size() >= foreign_max) foreign_.clear();
    foreign_.insert(subscriber);
}

void Ownership::renew_until(Timestamp end)
{
    lease_end_ = end;
    for (auto& [subscriber, owned] : owned_)
        if (!owned.leaves_at) owned.lease->renew_until(end);
}

void Ownership::start_leaving(const Subscriber& subscriber, SteadyTime at_the_latest)
{
    const auto found = owned_.find(subscriber);
    if (found == owned_.end() || found->second.leaves_at) return;
    found->second.leaves_at = at_the_latest;
    found->second.lease->end();
}

bool Ownership::set_hubs(std::vector<HubId> alive)
{
    std::sort(alive.begin(), alive.end());
    if (alive == hubs_) return false;
    hubs_ = std::move(alive);
    return true;
}

HubId Ownership::choose(const Subscriber& subscriber) const
{
    const auto key = fold(subscriber.subscription.bytes()) ^ fold(subscriber.tenant.bytes());
    HubId best = self;
    std::uint64_t best_weight = 0;
    for (const auto& hub : hubs_) {
        const auto weight = scramble(key ^ fold(hub.bytes()));
        if (weight < best_weight) continue;
        best = hub;
        best_weight = weight;
    }
    return best;
}

std::vector<Subscriber> Ownership::all() const
{
    std::vector<Subscriber> subscribers;
    subscribers.reserve(owned_.size());
    for (const auto& [subscriber, owned] : owned_) subscribers.push_back(subscriber);
    return subscribers;
}

}  // namespace katydid::store::postgres
