// Which shard a tenant lives in, as the first shard knows it.
#pragma once

#include "hub/store/records.hpp"
#include "hub/store/shards/places.hpp"

#include <span>
#include <string>
#include <vector>

namespace katydid::store::shards {

/// Kinds of records that the whole hub must know before it can serve anybody: they are in the first
/// shard. All others live with their tenant.
[[nodiscard]] bool is_hub_wide(std::string_view kind) noexcept;
[[nodiscard]] std::span<const std::string_view> hub_wide_kinds() noexcept;

/// The kind of the tenants themselves: the directory is read before them.
constexpr const char* tenant_kind = "tenant";
constexpr const char* place_kind = "tenant_shard";
constexpr const char* place_id = "place";
/// In the shard that a tenant has left: where it went. It is written by the transaction that moves
/// the tenant, so it wins over the directory, which is written after it.
constexpr const char* moved_kind = "moved_to";

/// What a shard says of a tenant that left it, until the move is over.
struct Departure {
    TenantId tenant;
    std::size_t from = 0;
    std::string to;
};

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

    /// Takes up what the first shard says, and what the others say that tenants have left. Returns
    /// the tenants whose move is not over: their mover may be gone.
    awaitable<result<std::vector<TenantId>>> read(Records& first,
                                                  std::vector<Departure> departures);
    /// A shard has work of the tenant, so it lives there by now.
    void learn(const TenantId& tenant, std::size_t shard);
    /// Errors: the store's.
    awaitable<result<void>> place(Records& first, TenantId tenant, std::size_t shard);
    /// Of a tenant that is gone.
    awaitable<result<void>> forget(Records& first, TenantId tenant);

private:
    /// The count of shards where the settings do not name it.
    [[nodiscard]] std::uint32_t number_of(const std::string& name) const;

    std::vector<std::string> names_;
    Places places_;
};

}  // namespace katydid::store::shards
