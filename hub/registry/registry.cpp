#include "hub/registry/registry.hpp"

#include "hub/observe/log.hpp"
#include "hub/registry/rings.hpp"
#include "hub/registry/sealed_headers.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace katydid::registry {
Registry::Registry(store::Store& store, const signing::Vault& vault, const Clock& clock,
                   std::uint64_t seed)
    : store_{store},
      vault_{vault},
      clock_{clock},
      ids_{clock, seed}
{}

void Registry::add_seat(Seat seat) { seats_.push_back(std::move(seat)); }

awaitable<void> Registry::tell_all(Change change)
{
    for (const auto& seat : seats_) {
        const auto* target = &seat;
        auto told = [target, change]() -> awaitable<void> {
            change(*target);
            co_return;
        };
        co_await on_executor(seat.executor, std::move(told));
    }
}

awaitable<void> Registry::tell_subscription(SubscriptionPtr subscription, signing::KeyRingPtr keys)
{
    Change change = [subscription, keys](const Seat& seat) {
        seat.tables->put_subscription(subscription, keys);
        if (seat.on_subscription) seat.on_subscription(subscription);
    };
    co_await tell_all(std::move(change));
}

awaitable<result<void>> Registry::load()
{
    auto tenants = co_await load_tenants();
    if (!tenants) co_return tenants.error();

    auto keys = co_await usable_keys();
    if (!keys) co_return keys.error();
    const Rings rings{*keys, vault_};

    auto schemes = co_await load_schemes();
    if (!schemes) co_return schemes.error();

    auto types = co_await load_event_types();
    if (!types) co_return types.error();

    auto sources = co_await store_.sources();
    if (!sources) co_return sources.error();
    for (auto& source : *sources) {
        auto ring = rings.of(source.id.to_string());
        auto settings = read_source_settings(source.settings);
        co_await tell_source(make_entry(std::move(source), std::move(ring), std::move(settings)));
    }

    auto subscriptions = co_await load_subscriptions();
    if (!subscriptions) co_return subscriptions.error();
    for (auto& subscription : *subscriptions) {
        auto ring = rings.of(subscription.id.to_string());
        auto pointer = std::make_shared<const Subscription>(std::move(subscription));
        co_await tell_subscription(std::move(pointer), std::move(ring));
    }

    auto api_keys = co_await store_.api_keys();
    if (!api_keys) co_return api_keys.error();
    for (auto& key : *api_keys) co_await put_fixed_api_key(std::move(key));
    co_return result<void>{};
}

awaitable<result<void>> Registry::fix(std::vector<FixedSource> sources,
                                      std::vector<FixedSubscription> subscriptions)
{
    std::vector<std::string> source_names;
    std::vector<std::string> subscription_names;
    for (auto& source : sources) {
        source_names.push_back(source.name);
        auto fixed = co_await fix_source(std::move(source));
        if (!fixed) co_return fixed.error();
    }
    for (auto& subscription : subscriptions) {
        subscription_names.push_back(subscription.subscription.name);
        auto fixed = co_await fix_subscription(std::move(subscription));
        if (!fixed) co_return fixed.error();
    }
    co_return co_await retire(source_names, subscription_names);
}

awaitable<result<void>> Registry::fix_source(FixedSource fixed)
{
    const auto known = tables().source(default_tenant(), fixed.name);
    if (known && !known->source.read_only)
        co_return Error{errc::conflict, "the setting for the source \"" + fixed.name
                                            + "\" meets one of that name made through the API: "
                                              "rename one of them"};
    store::Source source;
    if (known) source = known->source;
    else {
        source.id = ids_.make<SourceId>();
        source.name = fixed.name;
        source.read_only = true;
        source.version = 0;
        source.created_at = clock_.now();
    }
    if (!known || source.schemes != fixed.schemes) {
        source.schemes = fixed.schemes;
        source.version += 1;
        source.updated_at = clock_.now();
        auto copy = source;
        auto put = co_await store_.put_source(std::move(copy));
        if (!put) co_return put.error();
    }
    auto ring = std::make_shared<signing::KeyRing>();
    for (auto& secret : fixed.secrets)
        ring->keys.push_back({ids_.make<KeyId>(), std::move(secret), std::nullopt, std::nullopt});
    co_await tell_source(
        make_entry(std::move(source), std::move(ring), std::move(fixed.settings)));
    co_return result<void>{};
}

awaitable<result<void>> Registry::fix_subscription(FixedSubscription fixed)
{
    auto wanted = std::move(fixed.subscription);
    const auto known = tables().subscription_by_name(wanted.tenant, wanted.name);
    if (known && !known->read_only)
        co_return Error{errc::conflict, "the setting for the subscription \"" + wanted.name
                                            + "\" meets one of that name made through the API: "
                                              "rename one of them"};
    wanted.id = known ? known->id : ids_.make<SubscriptionId>();
    wanted.created_at = known ? known->created_at : clock_.now();
    wanted.updated_at = known ? known->updated_at : wanted.created_at;
    wanted.version = known ? known->version : 1;
    if (!known || wanted != *known) {
        if (known) wanted.version = known->version + 1;
        wanted.updated_at = clock_.now();
        auto row = seal_headers(wanted, vault_);
        auto put = co_await store_.put_subscription(std::move(row));
        if (!put) co_return put.error();
    }
    auto ring = std::make_shared<signing::KeyRing>();
    if (fixed.secret)
        ring->keys.push_back(
            {ids_.make<KeyId>(), std::move(*fixed.secret), std::nullopt, std::nullopt});
    auto pointer = std::make_shared<const Subscription>(std::move(wanted));
    co_await tell_subscription(std::move(pointer), std::move(ring));
    co_return result<void>{};
}

awaitable<result<void>> Registry::retire(const std::vector<std::string>& sources,
                                         const std::vector<std::string>& subscriptions)
{
    const auto listed = [](const std::vector<std::string>& names, const std::string& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const auto& entry : tables().sources(default_tenant())) {
        if (!entry->source.read_only || listed(sources, entry->source.name)) continue;
        auto removed = co_await store_.delete_source(entry->source.tenant, entry->source.id);
        if (!removed) co_return removed.error();
        const auto name = entry->source.name;
        Change change = [name](const Seat& seat) {
            seat.tables->remove_source(default_tenant(), name);
        };
        co_await tell_all(std::move(change));
        log::warn("source.removed", "no setting asks for this source any more", {{"source", name}});
    }
    for (const auto& subscription : tables().subscriptions(default_tenant())) {
        // A coroutine's deliveries wait for the program that registers it; see hub.on().
        if (!subscription->read_only || subscription->handler.kind == HandlerKind::coroutine
            || subscription->status == SubscriptionStatus::disabled
            || listed(subscriptions, subscription->name))
            continue;
        auto disabled = *subscription;
        disabled.status = SubscriptionStatus::disabled;
        disabled.status_reason = "no setting asks for this subscription any more";
        auto put = co_await store_subscription(std::move(disabled), std::nullopt);
        if (!put) co_return put.error();
        log::warn("subscription.disabled", "no setting asks for this subscription any more",
                  {{"subscription", subscription->name}});
    }
    co_return result<void>{};
}

awaitable<result<SubscriptionPtr>> Registry::put_subscription(Subscription subscription,
                                                              std::optional<signing::Secret> secret)
{
    auto stored = co_await one_by_one(
        store_subscription(std::move(subscription), std::move(secret)));
    co_return stored;
}

awaitable<result<SubscriptionPtr>>
Registry::store_subscription(Subscription subscription, std::optional<signing::Secret> secret)
{
    const bool is_new = subscription.id.is_nil();
    if (is_new) {
        subscription.id = ids_.make<SubscriptionId>();
        subscription.created_at = clock_.now();
        subscription.version = 0;
    }
    subscription.updated_at = clock_.now();
    subscription.version += 1;

    Ring ring{subscription.tenant, subscription.id.to_string(), {}};
    if (const auto known = tables().subscription_keys(subscription.id)) ring.keys = *known;
    std::optional<KeyId> new_key;
    if (secret) {
        signing::Key fresh{ids_.make<KeyId>(), std::move(*secret), std::nullopt, std::nullopt};
        new_key = fresh.id;
        auto put = co_await store_key(ring, fresh);
        if (!put) co_return put.error();
        ring.keys = signing::rotate(ring.keys, std::move(fresh), clock_.now());
    }
    auto row = seal_headers(subscription, vault_);
    auto put = co_await store_.put_subscription(std::move(row));
    if (!put) {
        if (new_key) {
            auto removed = co_await store_.delete_key(subscription.tenant, *new_key);
            if (!removed)
                log::warn("key.delete_failed", removed.error().message,
                          {{"key", new_key->to_string()}});
        }
        co_return put.error();
    }
    for (std::size_t i = 1; new_key && i < ring.keys.keys.size(); ++i) {  // they end a day later
        auto shortened = co_await store_key(ring, ring.keys.keys[i]);
        if (!shortened) co_return shortened.error();
    }
    auto pointer = std::make_shared<const Subscription>(std::move(subscription));
    co_await tell_subscription(pointer,
                               std::make_shared<const signing::KeyRing>(std::move(ring.keys)));
    co_return pointer;
}

Error changed_meanwhile()
{
    return {errc::conflict,
            "Somebody else changed it at the same moment: read it again, then repeat the change."};
}

awaitable<result<void>> Registry::remove_subscription(SubscriptionPtr subscription,
                                                      std::optional<std::uint64_t> base)
{
    auto erased = co_await one_by_one(erase_subscription(std::move(subscription), base));
    co_return erased;
}

awaitable<result<void>> Registry::erase_subscription(SubscriptionPtr subscription,
                                                     std::optional<std::uint64_t> base)
{
    const auto tenant = subscription->tenant;
    const auto id = subscription->id;
    const auto known = tables().subscription(id);
    if (base && known && known->version != *base) co_return changed_meanwhile();
    const auto ring = tables().subscription_keys(id);
    auto deleted = co_await store_.delete_subscription(tenant, id);
    if (!deleted) co_return deleted.error();
    Change change = [id](const Seat& seat) {
        seat.tables->remove_subscription(id);
        if (seat.on_subscription_removed) seat.on_subscription_removed(id);
    };
    co_await tell_all(std::move(change));
    for (std::size_t i = 0; ring && i < ring->keys.size(); ++i) {
        const auto key = ring->keys[i].id;
        const auto removed = co_await store_.delete_key(tenant, key);
        if (!removed)
            log::warn("key.delete_failed", removed.error().message, {{"key", key.to_string()}});
    }
    // What this hub has in memory its dispatcher cancels.
    const auto cancelled = co_await store_.cancel_all(tenant, id, "the subscription was deleted",
                                                      clock_.now());
    if (!cancelled) co_return cancelled.error();
    co_return result<void>{};
}

}  // namespace katydid::registry
