#include "hub/store/shards/shard_set.hpp"

#include <algorithm>
#include <limits>

namespace katydid::store::shards {

Store* ShardSet::store_of(const TenantId& tenant) const noexcept
{
    const auto number = directory.find(tenant);
    return number < all.size() ? all[number]->store() : nullptr;
}

Error ShardSet::why_away(const TenantId& tenant) const
{
    const auto number = directory.find(tenant);
    if (number < all.size()) return all[number]->away();
    return {errc::store_unavailable,
            "This tenant lives in a shard that the settings do not name: see [[shards]]."};
}

awaitable<std::vector<result<Stats>>> ShardSet::stats_of_each()
{
    std::vector<result<Stats>> each;
    for (const auto& shard : all) {
        auto* store = shard->store();
        auto answer = store == nullptr ? refuse<Stats>(shard->away()) : store->stats(std::nullopt);
        auto some = co_await std::move(answer);
        each.push_back(std::move(some));
    }
    co_return each;
}

awaitable<result<Stats>> ShardSet::sum_stats()
{
    const auto each = co_await stats_of_each();
    Stats sum;
    bool any = false;
    for (const auto& some : each) {
        any = any || some.has_value();
        if (some) add_up(sum, *some);
    }
    if (!any) co_return each.front().error();
    co_return sum;
}

awaitable<std::size_t> ShardSet::choose_shard()
{
    constexpr auto full = std::numeric_limits<std::uint64_t>::max();
    const std::optional<TenantId> all_tenants;
    std::vector<std::uint64_t> events(all.size(), full);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i]->health() != Health::ok) continue;  // it takes nothing, and may let us wait
        auto asked = all[i]->store()->stats(all_tenants);
        const auto stats = co_await std::move(asked);
        if (stats) events[i] = stats->events;
    }
    const auto tenants = directory.count_tenants();
    const auto load = [&](std::size_t i) { return std::pair{events[i], tenants[i]}; };
    std::size_t best = 0;
    for (std::size_t i = 1; i < all.size(); ++i)
        if (load(i) < load(best)) best = i;
    co_return best;
}

awaitable<result<void>> ShardSet::put_tenant(Record record)
{
    const auto tenant = record.tenant;
    if (record.version == 1 && tenant != default_tenant()) {
        const auto shard = co_await choose_shard();
        const auto placed = co_await directory.place(first(), tenant, shard);
        if (!placed) co_return placed.error();
    }
    auto put = co_await first().put_record(std::move(record));
    co_return put;
}

awaitable<result<void>> ShardSet::delete_tenant(TenantId tenant, std::string id)
{
    auto gone = co_await first().delete_record(tenant, tenant_kind, std::move(id));
    if (!gone) co_return gone;
    auto forgotten = co_await directory.forget(first(), tenant);
    co_return forgotten;
}

awaitable<std::vector<Departure>> ShardSet::departures()
{
    std::vector<Departure> all_left;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i]->health() != Health::ok) continue;
        auto asked = all[i]->store()->records(moved_kind);
        const auto left = co_await std::move(asked);
        if (!left) continue;
        for (const auto& record : *left)
            if (record.version == 1) all_left.push_back({record.tenant, i, record.json});
    }
    co_return all_left;
}

awaitable<result<void>> ShardSet::read_places()
{
    auto left = co_await departures();
    const auto arrived = co_await directory.read(first(), std::move(left));
    if (!arrived) co_return arrived.error();
    for (const auto& tenant : *arrived) {
        auto* store = store_of(tenant);
        if (store == nullptr) continue;
        const auto taken = co_await store->take_over(tenant);
        if (!taken) co_return taken.error();
    }
    co_return result<void>{};
}

awaitable<result<std::vector<Record>>> ShardSet::read_hub_wide(std::string kind)
{
    const bool is_of_tenants = kind == tenant_kind;
    auto found = co_await first().records(std::move(kind));
    if (!found) co_return found.error();
    const bool all_placed = std::ranges::all_of(
        *found, [this](const Record& each) { return directory.knows(each.tenant); });
    if (all_placed && !is_of_tenants) co_return found;
    const auto read = co_await read_places();
    if (!read) co_return read.error();
    co_return found;
}

}  // namespace katydid::store::shards
