// Key rings: rotation, first keys, and a master key that changes.
#include "hub/observe/log.hpp"
#include "hub/registry/registry.hpp"

#include <algorithm>
#include <unordered_map>

namespace katydid::registry {
namespace {

/// An id is a ULID: it tells when it was made.
Timestamp made_at(KeyId id)
{
    std::int64_t time = 0;
    for (std::size_t i = 0; i < 6; ++i) time = (time << 8U) | id.bytes()[i];
    return Timestamp{milliseconds{time}};
}

template <class Key>
bool is_over(const Key& key, Timestamp now)
{
    return key.not_after && *key.not_after <= now;
}

std::unordered_map<std::string, KeyId> newest_of_owners(const std::vector<store::SealedKey>& keys)
{
    std::unordered_map<std::string, KeyId> newest;
    for (const auto& key : keys) {
        auto& id = newest[key.owner];
        id = std::max(id, key.id);
    }
    return newest;
}

}  // namespace

Error kept_in_settings(const char* what, const std::string& name)
{
    return {errc::conflict, std::string{"The secret of the "} + what + " \"" + name
                                + "\" is read-only here: a setting names the variable or file that "
                                  "it comes from. Change it there, then restart the hub."};
}

awaitable<result<void>> Registry::store_key(const Ring& ring, const signing::Key& key)
{
    if (key.secret.empty()) co_return result<void>{};  // unreadable: what is stored stays
    store::SealedKey sealed{
        ring.tenant,     key.id,         ring.owner,   vault_.seal(ring.tenant, key.id, key.secret),
        made_at(key.id), key.not_before, key.not_after};
    auto put = co_await store_.put_key(std::move(sealed));
    co_return put;
}

/// The new key first: whatever fails behind it, nobody is left without one.
awaitable<result<signing::KeyRing>> Registry::rotate_ring(Ring ring, Rotation rotation)
{
    const auto now = clock_.now();
    signing::Key fresh{ids_.make<KeyId>(), std::move(rotation.secret), rotation.not_before,
                       std::nullopt};
    const auto wait = std::max(rotation.not_before.value_or(now) - now, milliseconds{0});
    auto rotated = signing::rotate(ring.keys, std::move(fresh), now, wait + rotation.overlap);
    std::erase_if(rotated.keys, [now](const signing::Key& key) { return is_over(key, now); });
    for (const auto& key : rotated.keys) {
        auto stored = co_await store_key(ring, key);
        if (!stored) co_return stored.error();
    }
    for (const auto& old : ring.keys.keys) {
        const bool is_kept = std::ranges::any_of(
            rotated.keys, [&](const signing::Key& key) { return key.id == old.id; });
        if (is_kept) continue;
        auto deleted = co_await store_.delete_key(ring.tenant, old.id);
        if (!deleted && deleted.error() != errc::not_found) co_return deleted.error();
    }
    co_return rotated;
}

awaitable<result<signing::KeyRingPtr>> Registry::rotate(TenantId tenant, SourceId id,
                                                        Rotation rotation)
{
    auto rotated = co_await one_by_one(rotate_source(tenant, id, std::move(rotation)));
    co_return rotated;
}

awaitable<result<signing::KeyRingPtr>> Registry::rotate_source(TenantId tenant, SourceId id,
                                                               Rotation rotation)
{
    const auto known = tables().source(tenant, id);
    if (!known) co_return Error{errc::not_found, "There is no such source."};
    if (known->source.read_only) co_return kept_in_settings("source", known->source.name);
    Ring ring{tenant, id.to_string(), *known->keys};
    auto rotated = co_await rotate_ring(std::move(ring), std::move(rotation));
    if (!rotated) co_return rotated.error();
    auto entry = std::make_shared<SourceEntry>(*known);
    give_keys(*entry, std::make_shared<const signing::KeyRing>(std::move(*rotated)));
    co_await tell_source(entry);
    co_return entry->keys;
}

awaitable<result<signing::KeyRingPtr>> Registry::rotate(TenantId tenant, SubscriptionId id,
                                                        Rotation rotation)
{
    auto rotated = co_await one_by_one(rotate_subscription(tenant, id, std::move(rotation)));
    co_return rotated;
}

awaitable<result<signing::KeyRingPtr>>
Registry::rotate_subscription(TenantId tenant, SubscriptionId id, Rotation rotation)
{
    const auto known = tables().subscription(id);
    if (!known || known->tenant != tenant)
        co_return Error{errc::not_found, "There is no such subscription."};
    if (known->read_only) co_return kept_in_settings("subscription", known->name);
    const auto keys = tables().subscription_keys(id);
    Ring ring{tenant, id.to_string(), keys ? *keys : signing::KeyRing{}};
    auto rotated = co_await rotate_ring(std::move(ring), std::move(rotation));
    if (!rotated) co_return rotated.error();
    signing::KeyRingPtr fresh = std::make_shared<const signing::KeyRing>(std::move(*rotated));
    Change change = [known, fresh](const Seat& seat) {
        seat.tables->put_subscription(known, fresh);
    };
    co_await tell_all(std::move(change));
    co_return fresh;
}

awaitable<result<void>> Registry::keep_first_key(TenantId tenant, SourceId id,
                                                 signing::Secret secret)
{
    auto kept = co_await one_by_one(store_first_key(tenant, id, std::move(secret)));
    co_return kept;
}

awaitable<result<void>> Registry::store_first_key(TenantId tenant, SourceId id,
                                                  signing::Secret secret)
{
    const auto known = tables().source(tenant, id);
    if (!known) co_return Error{errc::not_found, "There is no such source."};
    if (!known->keys->keys.empty())  // one that is over counts as well: trust is given once
        co_return Error{errc::conflict, "the source has a key by now: the new one is not kept"};
    signing::KeyRing keys;
    keys.keys.push_back({ids_.make<KeyId>(), std::move(secret), std::nullopt, std::nullopt});
    const Ring ring{tenant, id.to_string(), {}};
    auto stored = co_await store_key(ring, keys.keys.front());
    if (!stored) co_return stored.error();
    auto entry = std::make_shared<SourceEntry>(*known);
    give_keys(*entry, std::make_shared<const signing::KeyRing>(std::move(keys)));
    co_await tell_source(std::move(entry));
    co_return result<void>{};
}

awaitable<result<std::vector<store::SealedKey>>> Registry::usable_keys()
{
    auto keys = co_await store_.keys();
    if (!keys) co_return keys.error();
    const auto strange = std::ranges::count_if(*keys, [this](const store::SealedKey& key) {
        return !vault_.knows_master_key(key.sealed);
    });
    if (strange > 0)
        co_return Error{errc::refused,
                        std::to_string(strange) + " of " + std::to_string(keys->size())
                            + " stored secrets were sealed under another master key: start with "
                              "the master key of before, or give it as "
                              "KATYDID_MASTER_KEY_PREVIOUS, and the hub seals them anew"};
    const auto now = clock_.now();
    const auto newest = newest_of_owners(*keys);
    std::size_t resealed = 0;
    std::vector<store::SealedKey> usable;
    for (auto& key : *keys) {
        // A source's newest stays, though it is over: it says that there was one, so that no
        // stranger's handshake delivers the next.
        const bool is_mark = key.id == newest.at(key.owner) && SourceId::parse(key.owner);
        if (is_over(key, now) && !is_mark) {
            auto deleted = co_await store_.delete_key(key.tenant, key.id);
            if (!deleted && deleted.error() != errc::not_found) co_return deleted.error();
            continue;
        }
        const auto secret = vault_.needs_reseal(key.sealed)
                                ? vault_.open(key.tenant, key.id, key.sealed)
                                : result<signing::Secret>{Error{errc::conflict, ""}};
        if (secret) {  // else it is sealed as it should be, or unreadable, which Rings logs
            key.sealed = vault_.seal(key.tenant, key.id, *secret);
            auto copy = key;
            auto put = co_await store_.put_key(std::move(copy));
            if (!put) co_return put.error();
            ++resealed;
        }
        usable.push_back(std::move(key));
    }
    if (resealed > 0)
        log::info("keys.resealed",
                  "the stored secrets are sealed under the new master key: the one of before is "
                  "not needed for them any more",
                  {{"count", resealed}});
    co_return usable;
}

}  // namespace katydid::registry
