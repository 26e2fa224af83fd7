#include "hub/registry/rings.hpp"

#include "hub/observe/log.hpp"

#include <algorithm>

namespace katydid::registry {

Rings::Rings(const std::vector<store::SealedKey>& keys, const signing::Vault& vault)
{
    auto newest_first = keys;
    std::sort(newest_first.begin(), newest_first.end(),
              [](const auto& a, const auto& b) { return a.id > b.id; });
    for (const auto& key : newest_first) {
        auto secret = vault.open(key.tenant, key.id, key.sealed);
        if (!secret) {
            log::error("key.unreadable", secret.error().message,
                       {{"key", key.id.to_string()}, {"owner", key.owner}});
            if (!SourceId::parse(key.owner)) continue;
            secret = signing::Secret{};
        }
        auto& ring = rings_[key.owner];
        if (!ring) ring = std::make_shared<signing::KeyRing>();
        ring->keys.push_back({key.id, std::move(*secret), key.not_before, key.not_after});
    }
}

signing::KeyRingPtr Rings::of(const std::string& owner) const
{
    const auto found = rings_.find(owner);
    return found != rings_.end() ? found->second : std::make_shared<signing::KeyRing>();
}

}  // namespace katydid::registry
