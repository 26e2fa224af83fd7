// What another hub on the same store changed.
#include "hub/observe/log.hpp"
#include "hub/registry/registry.hpp"
#include "hub/registry/rings.hpp"

#include <set>

namespace katydid::registry {
namespace {

bool has_same_keys(const signing::KeyRingPtr& a, const signing::KeyRingPtr& b)
{
    if (!a || !b) return a == b;
    return std::ranges::equal(a->keys, b->keys, [](const signing::Key& x, const signing::Key& y) {
        return x.id == y.id && x.not_before == y.not_before && x.not_after == y.not_after;
    });
}

}  // namespace

awaitable<result<void>> Registry::refresh()
{
    if (refresh_waits_) co_return result<void>{};  // the one that waits will see it all
    refresh_waits_ = true;
    auto read = co_await one_by_one(read_again());
    co_return read;
}

awaitable<result<void>> Registry::read_again()
{
    refresh_waits_ = false;
    auto tenants = co_await load_tenants();
    if (!tenants) co_return tenants.error();
    auto schemes = co_await load_schemes();
    if (!schemes) co_return schemes.error();
    auto types = co_await load_event_types();
    if (!types) co_return types.error();
    auto keys = co_await store_.keys();
    if (!keys) co_return keys.error();
    const Rings rings{*keys, vault_};
    auto sources = co_await read_sources_again(rings);
    if (!sources) co_return sources.error();
    auto subscriptions = co_await read_subscriptions_again(rings);
    if (!subscriptions) co_return subscriptions.error();
    auto api_keys = co_await store_.api_keys();
    if (!api_keys) co_return api_keys.error();
    for (auto& key : *api_keys) co_await put_fixed_api_key(std::move(key));
    co_return result<void>{};
}

/// Secrets of sources that settings made are in this process only: those stay as they are.
awaitable<result<void>> Registry::read_sources_again(const Rings& rings)
{
    auto stored = co_await store_.sources();
    if (!stored) co_return stored.error();
    std::set<SourceId> listed;
    for (auto& source : *stored) {
        listed.insert(source.id);
        const auto known = tables().source(source.tenant, source.id);
        if (known && known->source.read_only) continue;
        auto ring = rings.of(source.id.to_string());
        if (known && known->source.version == source.version && has_same_keys(known->keys, ring))
            continue;
        if (known && known->source.name != source.name) co_await forget_source(known);
        auto settings = read_source_settings(source.settings);
        co_await tell_source(make_entry(std::move(source), std::move(ring), std::move(settings)));
    }
    for (const auto& tenant : tables().tenants())
        for (const auto& entry : tables().sources(tenant->id))
            if (!listed.contains(entry->source.id)) co_await forget_source(entry);
    co_return result<void>{};
}

awaitable<void> Registry::forget_source(SourceEntryPtr entry)
{
    Change change = [entry](const Seat& seat) {
        seat.tables->remove_source(entry->source.tenant, entry->source.name);
    };
    co_await tell_all(std::move(change));
}

awaitable<result<void>> Registry::read_subscriptions_again(const Rings& rings)
{
    auto stored = co_await stored_subscriptions();
    if (!stored) co_return stored.error();
    std::set<SubscriptionId> listed;
    for (auto& subscription : *stored) {
        listed.insert(subscription.id);
        const auto known = tables().subscription(subscription.id);
        const auto own_ring = known ? tables().subscription_keys(subscription.id) : nullptr;
        const bool keeps_ring = known && known->read_only;
        auto ring = keeps_ring ? own_ring : rings.of(subscription.id.to_string());
        if (known && known->version == subscription.version && has_same_keys(own_ring, ring))
            continue;
        auto pointer = std::make_shared<const Subscription>(std::move(subscription));
        co_await tell_subscription(std::move(pointer), std::move(ring));
    }
    for (const auto& tenant : tables().tenants())
        for (const auto& known : tables().subscriptions(tenant->id)) {
            if (listed.contains(known->id)) continue;
            Change change = [id = known->id](const Seat& seat) {
                seat.tables->remove_subscription(id);
                if (seat.on_subscription_removed) seat.on_subscription_removed(id);
            };
            co_await tell_all(std::move(change));
        }
    co_return result<void>{};
}

}  // namespace katydid::registry
