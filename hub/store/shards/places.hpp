// In which shard a tenant lives.
#pragma once

#include "hub/core/id.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace katydid::store::shards {

/// Tenants and the number of their shard. One that was not placed is in the first.
///
/// A look-up takes no lock: entries are added at the head of a list and never removed, which costs
/// some forty bytes for each tenant of this process's life.
/// Thread safety: all calls from any thread.
class Places {
public:
    Places();
    ~Places();
    Places(const Places&) = delete;
    Places& operator=(const Places&) = delete;

    [[nodiscard]] std::uint32_t find(const TenantId& tenant) const noexcept;
    [[nodiscard]] bool knows(const TenantId& tenant) const noexcept;
    /// Of two things that are said of a tenant, the one of the higher version is true.
    void set(const TenantId& tenant, std::uint32_t shard, std::uint32_t version = 0);
    /// Of what is known; 0 where nothing is.
    [[nodiscard]] std::uint32_t version(const TenantId& tenant) const noexcept;
    /// How many tenants each of so many shards has.
    [[nodiscard]] std::vector<std::size_t> count(std::size_t shards) const;

private:
    struct Entry;
    using Bucket = std::atomic<Entry*>;

    [[nodiscard]] static std::size_t bucket_of(const TenantId& tenant) noexcept;
    [[nodiscard]] Entry* look(const TenantId& tenant) const noexcept;

    std::unique_ptr<Bucket[]> buckets_;
    std::mutex changing_;
};

}  // namespace katydid::store::shards
