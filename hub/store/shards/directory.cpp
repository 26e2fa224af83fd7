#include "hub/store/shards/directory.hpp"

#include <algorithm>
#include <array>

namespace katydid::store::shards {
namespace {

constexpr const char* place_id = "place";
constexpr std::array<std::string_view, 9> hub_wide_kinds{
    "api_key",   "catalog",         "event_type", "limits",      "scheme",
    source_kind, subscription_kind, "tenant",     "tenant_shard"};

}  // namespace

bool is_hub_wide(std::string_view kind) noexcept
{
    return std::ranges::find(hub_wide_kinds, kind) != hub_wide_kinds.end();
}

Directory::Directory(std::vector<std::string> names) : names_{std::move(names)} {}

std::vector<std::size_t> Directory::count_tenants() const
{
    return places_.count(names_.size() + 1);
}

awaitable<result<void>> Directory::read(Records& first)
{
    const auto records = co_await first.records(place_kind);
    if (!records) co_return records.error();
    for (const auto& record : *records) {
        const auto name = std::ranges::find(names_, record.json);
        places_.set(record.tenant, static_cast<std::uint32_t>(name - names_.begin()));
    }
    co_return result<void>{};
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
    places_.set(tenant, static_cast<std::uint32_t>(shard));
    co_return result<void>{};
}

awaitable<result<void>> Directory::forget(Records& first, TenantId tenant)
{
    const auto gone = co_await first.delete_record(tenant, place_kind, place_id);
    if (!gone && gone.error() != errc::not_found) co_return gone.error();
    co_return result<void>{};
}

}  // namespace katydid::store::shards
