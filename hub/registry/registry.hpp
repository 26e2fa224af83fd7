// The one way to change what is configured: the store first, then every loop's tables.
#pragma once

#include "hub/core/asio.hpp"
#include "hub/registry/tables.hpp"
#include "hub/store/store.hpp"
#include "signing/vault.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <optional>
#include <vector>

namespace katydid::registry {

/// Where changes are told: one per event loop.
struct Seat {
    asio::any_io_executor executor;
    Tables* tables = nullptr;
    /// Called on the executor behind the change of the tables, e.g. for the dispatcher. Optional.
    std::function<void(const SubscriptionPtr&)> on_subscription = nullptr;
    std::function<void(SubscriptionId)> on_subscription_removed = nullptr;
};

/// Keeps the store and the tables of all loops saying the same.
///
/// A change is durable, and known to every loop, before its call returns: it takes effect on the
/// next request everywhere.
/// Thread safety: calls from any loop; each runs on the first loop.
class Registry {
public:
    /// Everything handed in outlives the registry.
    Registry(store::Store& store, const signing::Vault& vault, const Clock& clock,
             std::uint64_t seed);

    /// Before load().
    void add_seat(Seat seat);

    /// Reads sources, subscriptions, keys and API keys from the store into every loop.
    awaitable<result<void>> load();

    /// A source made by a setting: its secrets live in memory only.
    struct FixedSource {
        std::string name;
        std::vector<std::string> schemes;
        std::vector<signing::Secret> secrets;
        std::string public_url;
    };
    /// A subscription made by a setting or by hub.on().
    struct FixedSubscription {
        Subscription subscription;
        std::optional<signing::Secret> secret;
    };
    /// Brings what settings ask for into the store, with ids that stay. What a setting made
    /// before and is gone now is disabled (subscriptions) or removed (sources).
    /// Errors: conflict when the API made one of that name.
    awaitable<result<void>> fix(std::vector<FixedSource> sources,
                                std::vector<FixedSubscription> subscriptions);

    /// Creates (id nil) or replaces a subscription. `secret` is added to its ring.
    /// Errors: conflict, and those of the store.
    awaitable<result<SubscriptionPtr>> put_subscription(Subscription subscription,
                                                        std::optional<signing::Secret> secret);

    /// An API key by the SHA-256 of its text, in memory only: the operator's from settings.
    awaitable<void> put_fixed_api_key(store::ApiKey key);

private:
    using Change = std::function<void(const Seat&)>;
    awaitable<void> tell_all(Change change);
    awaitable<void> tell_subscription(SubscriptionPtr subscription, signing::KeyRingPtr keys);
    awaitable<result<void>> fix_source(FixedSource fixed);
    awaitable<result<void>> fix_subscription(FixedSubscription fixed);
    awaitable<result<void>> retire(const std::vector<std::string>& sources,
                                   const std::vector<std::string>& subscriptions);
    awaitable<result<SubscriptionPtr>> store_subscription(Subscription subscription,
                                                          std::optional<signing::Secret> secret);
    [[nodiscard]] Tables& tables() { return *seats_.front().tables; }

    store::Store& store_;
    const signing::Vault& vault_;
    const Clock& clock_;
    IdSource ids_;
    std::vector<Seat> seats_;
};

}  // namespace katydid::registry
