// The shards of a store, and which of them is asked.
#pragma once

#include "hub/store/shards/directory.hpp"
#include "hub/store/shards/merge.hpp"
#include "hub/store/shards/shard.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace katydid::store::shards {

/// An answer for a call that no shard takes.
template <class T>
awaitable<result<T>> refuse(Error error)
{
    co_return error;
}

/// All shards of a store in the order of their numbers, and the directory.
///
/// Thread safety: all calls from any thread once the first shard is open.
class ShardSet {
public:
    explicit ShardSet(std::vector<std::string> names) : directory{std::move(names)} {}

    Shards all;
    Directory directory;

    [[nodiscard]] Store& first() const noexcept { return *all.front()->store(); }
    /// Null: it is away.
    [[nodiscard]] Store* store_of(const TenantId& tenant) const noexcept;
    [[nodiscard]] Error why_away(const TenantId& tenant) const;

    /// What those say that are there, one after the other. The error of one when none is.
    /// \param call  is given a store and its number
    template <class T, class Call>
    awaitable<result<std::vector<T>>> gather(Call call)
    {
        std::vector<T> found;
        std::optional<Error> error;
        bool any = false;
        for (const auto& shard : all) {
            auto* store = shard->store();
            auto answer = store == nullptr ? refuse<std::vector<T>>(shard->away())
                                           : call(*store, shard->number());
            auto some = co_await std::move(answer);
            any = any || some.has_value();
            if (some) append(found, std::move(*some));
            else error = some.error();
        }
        if (!any) co_return *error;
        co_return found;
    }
    awaitable<result<Stats>> sum_stats();

    /// A new tenant goes to the shard with the fewest events, and of those to the one with the
    /// fewest tenants. Its place is written first: one that has a place and no more does no harm.
    awaitable<result<void>> put_tenant(Record record);
    awaitable<result<void>> delete_tenant(TenantId tenant, std::string id);
    /// A place is written before what is its tenant's. So the directory is read after the records,
    /// and before anybody has them: nothing of a tenant is known before its place.
    awaitable<result<std::vector<Record>>> read_hub_wide(std::string kind);
    /// The directory, with what the shards know that it does not say yet: a move whose mover died
    /// in between is finished here.
    awaitable<result<void>> read_places();

private:
    awaitable<std::vector<result<Stats>>> stats_of_each();
    awaitable<std::size_t> choose_shard();
    awaitable<std::vector<Departure>> departures();
};

}  // namespace katydid::store::shards
