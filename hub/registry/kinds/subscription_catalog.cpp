#include "hub/registry/kinds/subscription_catalog.hpp"

#include "hub/core/subscription/fixed_subscription.hpp"
#include "hub/core/subscription/subscription_json.hpp"
#include "hub/registry/kinds/subscription_entry.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace katydid::registry {

template class Catalog<SubscriptionEntry>;
template class KeyedCatalog<SubscriptionEntry>;

namespace {

SubscriptionPtr subscription_of(const SubscriptionEntryPtr& entry)
{
    return {entry, &entry->subscription};
}

}  // namespace

boost::json::object SubscriptionCatalog::to_json(const SubscriptionEntry& row,
                                                 store::Record& record) const
{
    record.name = row.subscription.name;
    auto plain = row.subscription;
    Secrets secrets{row.keys, row.unreadable_keys, std::move(plain.handler.headers)};
    plain.handler.headers.clear();
    if (plain.read_only) secrets.keys = std::make_shared<const signing::KeyRing>();
    boost::json::object object{{"subscription", katydid::to_json(plain)}};
    seal_secrets(secrets, record, context_.vault, object);
    return object;
}

/// The secret of a subscription that a setting made is in this process only: it stays as it is.
result<SubscriptionEntry> SubscriptionCatalog::from_json(const store::Record& record,
                                                         const boost::json::object& object,
                                                         const SubscriptionEntry* known)
{
    SubscriptionEntry row;
    std::vector<Fault> faults;
    katydid::from_json(object.at("subscription").as_object(), row.subscription, faults);
    if (!faults.empty()) return unreadable(faults);
    row.subscription.id = SubscriptionId::parse(record.id).value();
    row.subscription.name = record.name;
    auto secrets = open_secrets(record, context_.vault, object);
    row.subscription.handler.headers = std::move(secrets.headers);
    row.keys = std::move(secrets.keys);
    row.unreadable_keys = std::move(secrets.unreadable);
    if (known != nullptr && known->subscription.read_only) row.keys = known->keys;
    return row;
}

void SubscriptionCatalog::put_into(const LoopBinding& loop, const SubscriptionEntryPtr& row)
{
    const auto subscription = subscription_of(row);
    loop.tables->put_subscription(subscription, row->keys);
    if (loop.on_subscription) loop.on_subscription(subscription);
}

void SubscriptionCatalog::remove_from(const LoopBinding& loop, const SubscriptionEntry& row)
{
    loop.tables->remove_subscription(row.subscription.id);
    if (loop.on_subscription_removed) loop.on_subscription_removed(row.subscription.id);
}

awaitable<result<SubscriptionPtr>> SubscriptionCatalog::put(Subscription subscription,
                                                            std::optional<Secret> secret)
{
    auto stored = co_await context_.serialized(
        store_subscription(std::move(subscription), std::move(secret)));
    co_return stored;
}

awaitable<result<SubscriptionPtr>>
SubscriptionCatalog::store_subscription(Subscription subscription, std::optional<Secret> secret)
{
    SubscriptionEntry row;
    if (const auto known = find(subscription.tenant, subscription.id.to_string())) row = *known;
    row.subscription = std::move(subscription);
    if (secret) {
        signing::Key fresh{context_.ids.make<KeyId>(), std::move(*secret), std::nullopt,
                           std::nullopt};
        row.keys = std::make_shared<const signing::KeyRing>(
            signing::rotate(*row.keys, std::move(fresh), context_.clock.now()));
    }
    auto stored = co_await store(std::move(row));
    if (!stored) co_return stored.error();
    co_return subscription_of(*stored);
}

awaitable<result<void>> SubscriptionCatalog::clean_up(TenantId tenant, std::string id)
{
    // What this hub has in memory its dispatcher cancels.
    const auto cancelled = co_await context_.store.cancel_all(
        tenant, SubscriptionId::parse(id).value(), "the subscription was deleted",
        context_.clock.now());
    if (!cancelled) co_return cancelled.error();
    co_return result<void>{};
}

awaitable<result<void>> SubscriptionCatalog::fix(const FixedSubscription& fixed)
{
    SubscriptionEntry row{fixed.subscription};
    auto& wanted = row.subscription;
    const auto known = context_.tables().subscription_by_name(wanted.tenant, wanted.name);
    if (known && !known->read_only) co_return taken_by_api(kind_, wanted.name);
    if (known) {
        wanted.id = known->id;
        wanted.version = known->version;
        wanted.created_at = known->created_at;
        wanted.updated_at = known->updated_at;
    }
    if (fixed.secret) row.keys = ring_of(std::vector<Secret>(1, *fixed.secret));
    if (known && wanted == *known) {
        co_await tell(std::move(row));
        co_return result<void>{};
    }
    auto stored = co_await store(std::move(row));
    if (!stored) co_return stored.error();
    co_return result<void>{};
}

awaitable<result<void>> SubscriptionCatalog::retire(const std::vector<FixedSubscriptionPtr>& fixed)
{
    const auto is_named = [&](const std::string& name) {
        return std::ranges::any_of(fixed, [&](const FixedSubscriptionPtr& each) {
            return each->subscription.name == name;
        });
    };
    for (const auto& subscription : context_.tables().subscriptions(default_tenant())) {
        // A coroutine's deliveries wait for the program that registers it; see hub.on().
        if (!subscription->read_only || subscription->handler.kind == HandlerKind::coroutine
            || subscription->status == SubscriptionStatus::disabled || is_named(subscription->name))
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

}  // namespace katydid::registry
