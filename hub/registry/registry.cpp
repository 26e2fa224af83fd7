#include "hub/registry/registry.hpp"

#include "hub/registry/sealed_secrets.hpp"

namespace katydid::registry {

Registry::Registry(store::Store& store, const signing::Vault& vault, const Clock& clock,
                   std::uint64_t seed)
    : context_{store, vault, clock, IdSource{clock, seed}}
{}

void Registry::add_loop(LoopBinding loop) { context_.loops.push_back(std::move(loop)); }

awaitable<result<void>> Registry::read_all()
{
    for (auto* catalog : catalogs_) {
        auto read = co_await catalog->read();
        if (!read) co_return read.error();
    }
    co_return result<void>{};
}

awaitable<result<void>> Registry::load()
{
    auto renewed = co_await renew_secrets(context_.store, context_.vault, context_.clock.now());
    if (!renewed) co_return renewed.error();
    auto read = co_await read_all();
    if (!read) co_return read.error();
    const auto cleared = co_await clear_leaving_tenants();
    // A tenant whose shard is away does not hold up the start: forget_tenant() clears it again.
    const bool waits = !cleared
                       && (cleared.error() == errc::store_unavailable
                           || cleared.error() == errc::store_full);
    if (!cleared && !waits) co_return cleared.error();
    co_return result<void>{};
}

awaitable<result<void>> Registry::refresh()
{
    if (refresh_waits_.exchange(true)) co_return result<void>{};  // the one that waits sees it all
    auto read = co_await context_.serialized(read_again());
    co_return read;
}

awaitable<result<void>> Registry::read_again()
{
    refresh_waits_ = false;
    auto read = co_await read_all();
    co_return read;
}

awaitable<result<void>> Registry::delete_tenant(TenantId id, std::uint64_t base)
{
    if (id == default_tenant())
        co_return Error{errc::conflict, "The default tenant is always there: delete what it has."};
    auto work = delete_now(id, base);
    auto deleted = co_await on_executor(context_.loops.front().executor, std::move(work));
    co_return deleted;
}

awaitable<result<void>> Registry::delete_now(TenantId id, std::uint64_t base)
{
    auto marked = co_await context_.serialized(tenants.mark_deleted(id, base));
    if (!marked) co_return marked.error();
    auto cleared = co_await clear_tenant(id);
    co_return cleared;
}

/// Keys first, so that nobody makes anything new; then what names others before these.
awaitable<result<void>> Registry::clear_tenant(TenantId id)
{
    const std::array<AnyCatalog*, 5> kinds{&api_keys, &subscriptions, &sources, &event_types,
                                           &schemes};
    for (auto* kind : kinds) {
        auto dropped = co_await kind->drop_all(id);
        if (!dropped) co_return dropped.error();
    }
    co_return result<void>{};
}

/// What a hub that stopped in the middle of a deletion left.
awaitable<result<void>> Registry::clear_leaving_tenants()
{
    for (const auto& tenant : context_.tables().leaving_tenants()) {
        auto cleared = co_await clear_tenant(tenant->id);
        if (!cleared) co_return cleared.error();
    }
    co_return result<void>{};
}

awaitable<result<void>> Registry::forget_tenant(TenantId id)
{
    auto work = forget_now(id);
    auto forgotten = co_await on_executor(context_.loops.front().executor, std::move(work));
    co_return forgotten;
}

awaitable<result<void>> Registry::forget_now(TenantId id)
{
    auto cleared = co_await clear_tenant(id);  // made by a hub that had not heard yet
    if (!cleared) co_return cleared.error();
    for (const auto* kind :
         {store::privacy_kind, store::key_use_kind, store::replay_job_kind, store::breaker_kind}) {
        const auto records = co_await context_.store.records(kind);
        if (!records) co_return records.error();
        for (const auto& record : *records) {
            if (record.tenant != id) continue;
            auto deleted = co_await context_.store.delete_record(id, kind, record.id);
            if (!deleted && deleted.error() != errc::not_found) co_return deleted.error();
        }
    }
    auto dropped = co_await tenants.drop_all(id);
    co_return dropped;
}

awaitable<result<void>> Registry::fix(std::vector<FixedSource> fixed_sources,
                                      std::vector<FixedSubscriptionPtr> fixed_subscriptions)
{
    auto fixed = co_await fix_once(fixed_sources, fixed_subscriptions);
    // Hubs that start together make the same: who comes second reads what the first made.
    for (int tries = 1; tries < 5 && !fixed && fixed.error() == errc::conflict; ++tries) {
        auto read = co_await read_all();
        if (!read) co_return read.error();
        fixed = co_await fix_once(fixed_sources, fixed_subscriptions);
    }
    co_return fixed;
}

awaitable<result<void>>
Registry::fix_once(const std::vector<FixedSource>& fixed_sources,
                   const std::vector<FixedSubscriptionPtr>& fixed_subscriptions)
{
    for (const auto& each : fixed_sources) {
        auto fixed = co_await sources.fix(each);
        if (!fixed) co_return fixed.error();
    }
    for (const auto& each : fixed_subscriptions) {
        auto fixed = co_await subscriptions.fix(*each);
        if (!fixed) co_return fixed.error();
    }
    auto retired = co_await sources.retire(fixed_sources);
    if (retired) retired = co_await subscriptions.retire(fixed_subscriptions);
    co_return retired;
}

}  // namespace katydid::registry
