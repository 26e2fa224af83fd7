// Which events go to which handler.
#pragma once

#include "hub/core/subscription/subscription_ptr.hpp"
#include "hub/registry/kinds/keyed_catalog.hpp"

namespace katydid::registry {

struct SubscriptionEntry;
using SubscriptionEntryPtr = std::shared_ptr<const SubscriptionEntry>;

extern template class Catalog<SubscriptionEntry>;
extern template class KeyedCatalog<SubscriptionEntry>;

class SubscriptionCatalog final : public KeyedCatalog<SubscriptionEntry> {
public:
    explicit SubscriptionCatalog(CatalogContext& context)
        : KeyedCatalog{context, store::subscription_kind}
    {}

    /// Creates (id nil) or replaces a subscription. A `secret` comes instead of those before, which
    /// stay valid for a day.
    /// Errors: conflict (somebody else changed it, the name is taken), those of the store.
    awaitable<result<SubscriptionPtr>> put(Subscription subscription, std::optional<Secret> secret);

    /// What a setting or hub.on() asks for, with an id that stays. Errors: conflict when the API
    /// made one of that name.
    awaitable<result<void>> fix(const FixedSubscription& fixed);
    /// Disables what a setting made before and no setting names any more.
    awaitable<result<void>> retire(const std::vector<FixedSubscriptionPtr>& fixed);

private:
    [[nodiscard]] boost::json::object to_json(const SubscriptionEntry& row,
                                              store::Record& record) const override;
    result<SubscriptionEntry> from_json(const store::Record& record,
                                        const boost::json::object& object,
                                        const SubscriptionEntry* known) override;
    void put_into(const LoopBinding& loop, const SubscriptionEntryPtr& row) override;
    void remove_from(const LoopBinding& loop, const SubscriptionEntry& row) override;
    /// What waits for it is cancelled; attempts under way end and are recorded.
    awaitable<result<void>> clean_up(TenantId tenant, std::string id) override;

    awaitable<result<SubscriptionPtr>> store_subscription(Subscription subscription,
                                                          std::optional<Secret> secret);
};

}  // namespace katydid::registry
