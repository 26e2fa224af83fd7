// The one way to change what is configured: the store first, then every loop's tables.
#pragma once

#include "hub/registry/kinds/api_key_catalog.hpp"
#include "hub/registry/kinds/event_type_catalog.hpp"
#include "hub/registry/kinds/scheme_catalog.hpp"
#include "hub/registry/kinds/source_catalog.hpp"
#include "hub/registry/kinds/subscription_catalog.hpp"
#include "hub/registry/kinds/tenant_catalog.hpp"

#include <array>
#include <atomic>

namespace katydid::registry {

/// Keeps the store and the tables of all loops saying the same.
///
/// A change is durable, and known to every loop, before its call returns: it takes effect on the
/// next request everywhere.
/// Thread safety: refresh() and what the catalogs say; the rest on the first loop.
class Registry {
    CatalogContext context_;

public:
    /// Everything handed in outlives the registry.
    Registry(store::Store& store, const signing::Vault& vault, const Clock& clock,
             std::uint64_t seed);

    /// Before load().
    void add_loop(LoopBinding loop);

    /// Reads everything from the store into every loop.
    awaitable<result<void>> load();

    /// Another hub changed something in the shared store: reads again, tells what differs.
    awaitable<result<void>> refresh();

    /// Deletes a tenant with its keys, subscriptions, sources, event types and schemes. What it has
    /// in the store goes with the next sweeps (jobs::RetentionSweeper); forget_tenant() ends it.
    /// \param base  the version that is meant
    /// Errors: not_found, conflict (another version is there; the default tenant; tenants that it
    /// made are still there), those of the store: then it is gone for all, and the rest is done at
    /// the next start.
    awaitable<result<void>> delete_tenant(TenantId id, std::uint64_t base);
    /// The last trace of a tenant that was deleted: its record, and those of other rooms.
    awaitable<result<void>> forget_tenant(TenantId id);

    /// Brings what settings ask for into the store, with ids that stay. What a setting made
    /// before and is gone now is disabled (subscriptions) or removed (sources).
    /// Errors: conflict when the API made one of that name.
    awaitable<result<void>> fix(std::vector<FixedSource> sources,
                                std::vector<FixedSubscriptionPtr> subscriptions);

    TenantCatalog tenants{context_};
    SchemeCatalog schemes{context_};
    EventTypeCatalog event_types{context_};
    SourceCatalog sources{context_};
    SubscriptionCatalog subscriptions{context_};
    ApiKeyCatalog api_keys{context_};

private:
    awaitable<result<void>> read_all();
    awaitable<result<void>> read_again();
    awaitable<result<void>> delete_now(TenantId id, std::uint64_t base);
    awaitable<result<void>> clear_tenant(TenantId id);
    awaitable<result<void>> clear_leaving_tenants();
    awaitable<result<void>> forget_now(TenantId id);
    awaitable<result<void>> fix_once(const std::vector<FixedSource>& fixed_sources,
                                     const std::vector<FixedSubscriptionPtr>& fixed_subscriptions);

    /// In the order of dependence: sources and subscriptions name schemes.
    const std::array<AnyCatalog*, 6> catalogs_{&tenants, &schemes,       &event_types,
                                               &sources, &subscriptions, &api_keys};
    std::atomic<bool> refresh_waits_ = false;
};

}  // namespace katydid::registry
