#include "hub/store/shards/places.hpp"

#include <cstring>
#include <utility>

namespace katydid::store::shards {
namespace {

constexpr std::size_t bucket_count = 16'384;

}  // namespace

struct Places::Entry {
    TenantId tenant;
    std::atomic<std::uint32_t> shard;
    std::atomic<std::uint32_t> version;
    Entry* next;
};

Places::Places() : buckets_{std::make_unique<Bucket[]>(bucket_count)} {}

Places::~Places()
{
    for (std::size_t i = 0; i < bucket_count; ++i)
        for (auto* entry = buckets_[i].load(); entry != nullptr;)
            delete std::exchange(entry, entry->next);
}

/// Ids of one moment differ in few bits, which must reach the ones that choose the bucket.
std::size_t Places::bucket_of(const TenantId& tenant) noexcept
{
    std::uint64_t parts[2] = {};
    std::memcpy(parts, tenant.bytes().data(), sizeof parts);
    auto value = (parts[0] ^ (parts[1] * 0x9e3779b97f4a7c15U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 32U)) * 0x94d049bb133111ebU;
    return (value >> 32U) % bucket_count;
}

Places::Entry* Places::look(const TenantId& tenant) const noexcept
{
    auto* entry = buckets_[bucket_of(tenant)].load(std::memory_order_acquire);
    while (entry != nullptr && entry->tenant != tenant) entry = entry->next;
    return entry;
}

std::uint32_t Places::find(const TenantId& tenant) const noexcept
{
    const auto* entry = look(tenant);
    return entry == nullptr ? 0 : entry->shard.load(std::memory_order_relaxed);
}

bool Places::knows(const TenantId& tenant) const noexcept { return look(tenant) != nullptr; }

std::uint32_t Places::version(const TenantId& tenant) const noexcept
{
    const auto* entry = look(tenant);
    return entry == nullptr ? 0 : entry->version.load(std::memory_order_relaxed);
}

void Places::set(const TenantId& tenant, std::uint32_t shard, std::uint32_t version)
{
    const std::lock_guard lock{changing_};
    if (auto* known = look(tenant)) {
        if (version < known->version.load(std::memory_order_relaxed)) return;
        known->shard.store(shard, std::memory_order_relaxed);
        known->version.store(version, std::memory_order_relaxed);
        return;
    }
    auto& bucket = buckets_[bucket_of(tenant)];
    auto entry = std::make_unique<Entry>(tenant, shard, version,
                                         bucket.load(std::memory_order_relaxed));
    bucket.store(entry.release(), std::memory_order_release);
}

std::vector<std::size_t> Places::count(std::size_t shards) const
{
    std::vector<std::size_t> tenants(shards);
    for (std::size_t i = 0; i < bucket_count; ++i)
        for (auto* entry = buckets_[i].load(std::memory_order_acquire); entry != nullptr;
             entry = entry->next)
            ++tenants.at(entry->shard.load(std::memory_order_relaxed));
    return tenants;
}

}  // namespace katydid::store::shards
