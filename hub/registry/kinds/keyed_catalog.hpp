// What sources and subscriptions share: secrets on rings, and those that settings make.
#pragma once

#include "hub/registry/catalog.hpp"
#include "hub/registry/sealed_secrets.hpp"

namespace katydid::registry {

/// A secret instead of those before, which stay valid until `overlap` after it began.
struct Rotation {
    Secret secret;
    milliseconds overlap = std::chrono::hours{24};
    std::optional<Timestamp> not_before{};  ///< when it begins; absent: now
};

/// The conflict of a rotation where a setting holds the secret. \param what  "source", …
[[nodiscard]] Error kept_in_settings(std::string what, const std::string& name);

/// The ring after a rotation, without keys that are over.
[[nodiscard]] signing::KeyRing rotated(const signing::KeyRing& ring, KeyId id, Rotation rotation,
                                       Timestamp now);

/// A row has `keys` and `unreadable_keys`; its setting has `id`, `name` and `read_only`.
template <class Row>
class KeyedCatalog : public Catalog<Row> {
public:
    /// Known to every loop when it returns the new ring. Errors: not_found, conflict (a setting
    /// made it, or somebody else changed it), those of the store.
    awaitable<result<signing::KeyRingPtr>> rotate(TenantId tenant, std::string id,
                                                  Rotation rotation);

protected:
    using Catalog<Row>::Catalog;

    /// A ring that begins with a new key.
    [[nodiscard]] signing::KeyRingPtr ring_of(std::vector<Secret> secrets);

private:
    awaitable<result<signing::KeyRingPtr>> rotate_now(TenantId tenant, std::string id,
                                                      Rotation rotation);
};

template <class Row>
awaitable<result<signing::KeyRingPtr>> KeyedCatalog<Row>::rotate(TenantId tenant, std::string id,
                                                                 Rotation rotation)
{
    auto done = co_await this->context_.serialized(
        rotate_now(tenant, std::move(id), std::move(rotation)));
    co_return done;
}

template <class Row>
signing::KeyRingPtr KeyedCatalog<Row>::ring_of(std::vector<Secret> secrets)
{
    auto ring = std::make_shared<signing::KeyRing>();
    for (auto& secret : secrets)
        ring->keys.push_back({this->context_.ids.template make<KeyId>(), std::move(secret),
                              std::nullopt, std::nullopt});
    return ring;
}

template <class Row>
awaitable<result<signing::KeyRingPtr>>
KeyedCatalog<Row>::rotate_now(TenantId tenant, std::string id, Rotation rotation)
{
    const auto known = this->find(tenant, id);
    if (!known) co_return no_such(this->kind_);
    const auto& setting = setting_of(*known);
    if (setting.read_only) co_return kept_in_settings(this->kind_, setting.name);
    auto row = *known;
    const auto fresh = this->context_.ids.template make<KeyId>();
    row.keys = std::make_shared<const signing::KeyRing>(
        rotated(*known->keys, fresh, std::move(rotation), this->context_.clock.now()));
    auto stored = co_await this->store(std::move(row));
    if (!stored) co_return stored.error();
    co_return (*stored)->keys;
}

}  // namespace katydid::registry
