// The one way to change what is configured: the store first, then every loop's tables.
#pragma once

#include "hub/core/on_executor.hpp"
#include "hub/registry/tables.hpp"
#include "hub/registry/turnstile.hpp"
#include "hub/store/store.hpp"
#include "signing/keys/vault.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

namespace katydid::registry {

class Rings;

/// Where changes are told: one per event loop.
struct Seat {
    asio::any_io_executor executor;
    Tables* tables = nullptr;
    /// Called on the executor behind the change of the tables, e.g. for the dispatcher. Optional.
    std::function<void(const SubscriptionPtr&)> on_subscription = nullptr;
    std::function<void(SubscriptionId)> on_subscription_removed = nullptr;
    std::function<void(const Tenant&)> on_tenant = nullptr;
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

    /// Reads tenants, sources, subscriptions, keys and API keys from the store into every loop.
    awaitable<result<void>> load();

    /// Another hub changed something in the shared store: reads again, tells what differs.
    awaitable<result<void>> refresh();

    /// A source made by a setting: its secrets live in memory only.
    struct FixedSource {
        std::string name;
        std::vector<std::string> schemes;
        std::vector<signing::Secret> secrets;
        SourceSettings settings;
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

    /// Creates (id nil) or replaces a subscription. A `secret` takes the place of those before,
    /// which stay valid for a day.
    /// Errors: conflict, and those of the store.
    awaitable<result<SubscriptionPtr>> put_subscription(Subscription subscription,
                                                        std::optional<signing::Secret> secret);

    /// Creates (id nil) or changes a tenant. Errors: conflict (name taken), and those of the store.
    awaitable<result<TenantPtr>> put_tenant(Tenant tenant);
    /// Creates (id nil) or changes an API key, e.g. revokes it: effective with the next request.
    awaitable<result<ApiKeyPtr>> put_api_key(store::ApiKey key);
    /// Deletes a subscription with its keys. What waits for it is cancelled; attempts under way
    /// end and are recorded.
    /// \param base  the version that is meant; nullopt: whatever is there
    /// Errors: conflict (another version is there), and those of the store.
    awaitable<result<void>> remove_subscription(SubscriptionPtr subscription,
                                                std::optional<std::uint64_t> base = std::nullopt);

    /// Creates (id nil) or replaces a source that the API made. `secret` is added to its ring.
    /// Errors: conflict, and those of the store.
    awaitable<result<SourceEntryPtr>> put_source(store::Source source,
                                                 std::optional<signing::Secret> secret);
    /// Removes a source that the API made, with its keys. Errors: not_found, conflict (a setting
    /// made it; it is of another version than `base`).
    awaitable<result<void>> remove_source(TenantId tenant, SourceId id,
                                          std::optional<std::uint64_t> base = std::nullopt);

    /// A secret in the place of those before, which stay valid until `overlap` after it began.
    /// Known to every loop when it returns the new ring. Errors: not_found, conflict (a setting
    /// made it).
    struct Rotation {
        signing::Secret secret;
        milliseconds overlap = std::chrono::hours{24};
        std::optional<Timestamp> not_before{};  ///< when it begins; absent: now
    };
    awaitable<result<signing::KeyRingPtr>> rotate(TenantId tenant, SourceId id, Rotation rotation);
    awaitable<result<signing::KeyRingPtr>> rotate(TenantId tenant, SubscriptionId id,
                                                  Rotation rotation);
    /// Keeps the key that a provider delivered by a handshake. Errors: conflict when the source
    /// has or had a key.
    awaitable<result<void>> keep_first_key(TenantId tenant, SourceId id, signing::Secret secret);

    /// Before load(): the schemes of the settings, for every tenant.
    awaitable<void> fix_schemes(std::vector<OwnScheme> schemes);
    /// Creates (base 0) a tenant's scheme, or replaces that version of it; takes effect on the next
    /// request.
    /// Errors: invalid_argument (it cannot work), conflict (another version is there; a setting
    /// made it; a subscription that signs with it could not any more), not_found.
    awaitable<result<OwnSchemePtr>> put_scheme(TenantId tenant, std::string name, std::string toml,
                                               std::uint64_t base);
    /// Errors: not_found, conflict (a source or subscription names it, a setting made it, it is of
    /// another version than `base`).
    awaitable<result<void>> remove_scheme(TenantId tenant, std::string name,
                                          std::optional<std::uint64_t> base = std::nullopt);

    /// Creates (version 0) or replaces an event type of that version.
    /// Errors: conflict (another version is there), and those of the store.
    awaitable<result<EventTypePtr>> put_event_type(EventType type);
    /// What was accepted stays. Errors: not_found, conflict (it is of another version than `base`).
    awaitable<result<void>> remove_event_type(TenantId tenant, std::string name,
                                              std::optional<std::uint64_t> base = std::nullopt);

    /// An API key by the SHA-256 of its text, in memory only: the operator's from settings.
    awaitable<void> put_fixed_api_key(store::ApiKey key);

private:
    using Change = std::function<void(const Seat&)>;
    struct Ring {
        TenantId tenant;
        std::string owner;
        signing::KeyRing keys;
    };

    /// Runs a change on the first loop, after those before it, and to its end even when the caller
    /// goes away: the store and the tables must not differ.
    template <class T>
    awaitable<result<T>> one_by_one(awaitable<result<T>> change);
    template <class T>
    awaitable<result<T>> in_turn(awaitable<result<T>> change);

    awaitable<result<SourceEntryPtr>> store_source(store::Source source,
                                                   std::optional<signing::Secret> secret);
    awaitable<result<void>> drop_source(TenantId tenant, SourceId id,
                                        std::optional<std::uint64_t> base);
    awaitable<void> tell_source(SourceEntryPtr entry);
    [[nodiscard]] SourceEntryPtr make_entry(store::Source source, signing::KeyRingPtr keys,
                                            SourceSettings settings);

    awaitable<result<void>> store_key(const Ring& ring, const signing::Key& key);
    awaitable<result<signing::KeyRing>> rotate_ring(Ring ring, Rotation rotation);
    awaitable<result<signing::KeyRingPtr>> rotate_source(TenantId tenant, SourceId id,
                                                         Rotation rotation);
    awaitable<result<signing::KeyRingPtr>> rotate_subscription(TenantId tenant, SubscriptionId id,
                                                               Rotation rotation);
    awaitable<result<void>> store_first_key(TenantId tenant, SourceId id, signing::Secret secret);
    /// Opens every key, seals anew what another master key sealed, removes what has expired.
    awaitable<result<std::vector<store::SealedKey>>> usable_keys();

    awaitable<result<void>> read_again();
    awaitable<result<void>> read_sources_again(const Rings& rings);
    awaitable<result<void>> read_subscriptions_again(const Rings& rings);
    awaitable<void> forget_source(SourceEntryPtr entry);

    awaitable<result<void>> load_schemes();
    awaitable<result<OwnSchemePtr>> store_scheme(TenantId tenant, std::string name,
                                                 std::string toml, std::uint64_t base);
    awaitable<result<void>> drop_scheme(TenantId tenant, std::string name,
                                        std::optional<std::uint64_t> base);
    awaitable<void> tell_scheme(TenantId tenant, OwnSchemePtr scheme);
    [[nodiscard]] std::vector<std::string> users_of(TenantId tenant, const std::string& scheme);

    awaitable<result<void>> load_event_types();
    awaitable<result<EventTypePtr>> store_event_type(EventType type);
    awaitable<result<void>> drop_event_type(TenantId tenant, std::string name,
                                            std::optional<std::uint64_t> base);

    awaitable<void> tell_all(Change change);
    awaitable<void> tell_subscription(SubscriptionPtr subscription, signing::KeyRingPtr keys);
    awaitable<result<void>> load_tenants();
    awaitable<void> tell_tenant(TenantPtr tenant);
    awaitable<result<TenantPtr>> store_tenant(Tenant tenant);
    awaitable<result<ApiKeyPtr>> store_api_key(store::ApiKey key);
    /// With their headers opened.
    awaitable<result<std::vector<Subscription>>> stored_subscriptions();
    awaitable<result<std::vector<Subscription>>> load_subscriptions();
    awaitable<result<void>> fix_source(FixedSource fixed);
    awaitable<result<void>> fix_subscription(FixedSubscription fixed);
    awaitable<result<void>> retire(const std::vector<std::string>& sources,
                                   const std::vector<std::string>& subscriptions);
    awaitable<result<SubscriptionPtr>> store_subscription(Subscription subscription,
                                                          std::optional<signing::Secret> secret);
    awaitable<result<void>> erase_subscription(SubscriptionPtr subscription,
                                               std::optional<std::uint64_t> base);
    [[nodiscard]] Tables& tables() { return *seats_.front().tables; }

    store::Store& store_;
    const signing::Vault& vault_;
    const Clock& clock_;
    IdSource ids_;
    std::vector<Seat> seats_;
    Turnstile turnstile_;
    std::atomic<bool> refresh_waits_ = false;
};

/// Somebody else changed it between the caller's look and now.
[[nodiscard]] Error changed_meanwhile();

/// The conflict of a rotation where a setting holds the secret. \param what  "source", …
[[nodiscard]] Error kept_in_settings(const char* what, const std::string& name);

template <class T>
awaitable<result<T>> Registry::in_turn(awaitable<result<T>> change)
{
    const auto pass = co_await turnstile_.enter();
    auto done = co_await std::move(change);
    co_return done;
}

template <class T>
awaitable<result<T>> Registry::one_by_one(awaitable<result<T>> change)
{
    auto work = in_turn(std::move(change));
    auto done = co_await on_executor(seats_.front().executor, std::move(work));
    co_return done;
}

}  // namespace katydid::registry
