// Which shard a tenant lives in, as the first shard knows it.
#pragma once

#include "hub/store/records.hpp"
#include "hub/store/shards/places.hpp"

#include <string>
#include <vector>

namespace katydid::store::shards {

/// Kinds of records that the whole hub must know before it can serve anybody: they are in the first
/// shard. All others live with their tenant.
[[nodiscard]] bool is_hub_wide(std::string_view kind) noexcept;

/// The kind of the tenants themselves: the directory is read before them.
constexpr const char* tenant_kind = "tenant";
constexpr const char* place_kind = "tenant_shard";

/// The directory: one small record for each tenant that was placed, in the first shard, and all of
/// them in memory. A tenant without one lives in the first shard, as do those that were there
/// before there were others.
///
/// Thread safety: all calls from any thread; concurrent writes of one tenant's place are the
/// caller's.
class Directory {
public:
    /// \param names  of the shards, in the order of their numbers
    explicit Directory(std::vector<std::string> names);

    /// The shard's number; the count of shards where it is one that these settings do not name.
    [[nodiscard]] std::size_t find(const TenantId& tenant) const noexcept
    {
        return places_.find(tenant);
    }
    /// False: it was not placed, as far as this hub has read.
    [[nodiscard]] bool knows(const TenantId& tenant) const noexcept
    {
        return tenant == default_tenant() || places_.knows(tenant);
    }
    [[nodiscard]] std::vector<std::size_t> count_tenants() const;

    /// Takes up what the first shard says.
    awaitable<result<void>> read(Records& first);
    /// Errors: the store's.
    awaitable<result<void>> place(Records& first, TenantId tenant, std::size_t shard);
    /// Of a tenant that is gone.
    awaitable<result<void>> forget(Records& first, TenantId tenant);

private:
    std::vector<std::string> names_;
    Places places_;
};

}  // namespace katydid::store::shards
