#include "hub/store/shards/directory.hpp"

#include <algorithm>
#include <array>

namespace katydid::store::shards {
namespace {

constexpr std::array<std::string_view, 9> all_hub_wide_kinds{
    "api_key",   "catalog",         "event_type", "limits",      "scheme",
    source_kind, subscription_kind, "tenant",     "tenant_shard"};

}  // namespace

bool is_hub_wide(std::string_view kind) noexcept
{
    return std::ranges::find(all_hub_wide_kinds, kind) != all_hub_wide_kinds.end();
}

std::span<const std::string_view> hub_wide_kinds() noexcept { return all_hub_wide_kinds; }

Directory::Directory(std::vector<std::string> names) : names_{std::move(names)} {}

std::vector<std::size_t> Directory::count_tenants() const
{
    return places_.count(names_.size() + 1);
}

std::uint32_t Directory::number_of(const std::string& name) const
{
    return static_cast<std::uint32_t>(std::ranges::find(names_, name) - names_.begin());
}

awaitable<result<std::vector<TenantId>>> Directory::read(Records& first,
                                                         std::vector<Departure> departures)
{
    const auto records = co_await first.records(place_kind);
    if (!records) co_return records.error();
    std::vector<TenantId> arrived;
    for (const auto& record : *records) {
        auto shard = number_of(record.json);
        auto version = static_cast<std::uint32_t>(record.version);
        for (const auto& left : departures) {
            if (left.tenant != record.tenant) continue;
            if (left.from == shard) {
                shard = number_of(left.to);
                ++version;
            }
            if (number_of(left.to) == shard) arrived.push_back(record.tenant);
        }
        places_.set(record.tenant, shard, version);
    }
    co_return arrived;
}

void Directory::learn(const TenantId& tenant, std::size_t shard)
{
    if (places_.find(tenant) == shard) return;
    places_.set(tenant, static_cast<std::uint32_t>(shard), places_.version(tenant) + 1);
}

awaitable<result<void>> Directory::place(Records& first, TenantId tenant, std::size_t shard)
{
    Record record;
    record.tenant = tenant;
    record.kind = place_kind;
    record.id = place_id;
    record.json = names_.at(shard);
    record.version = 0;
    const auto put = co_await first.put_record(std::move(record));
    if (!put) co_return put.error();
    places_.set(tenant, static_cast<std::uint32_t>(shard), places_.version(tenant));
    co_return result<void>{};
}

awaitable<result<void>> Directory::forget(Records& first, TenantId tenant)
{
    const auto gone = co_await first.delete_record(tenant, place_kind, place_id);
    if (!gone && gone.error() != errc::not_found) co_return gone.error();
    co_return result<void>{};
}

}  // namespace katydid::store::shards
