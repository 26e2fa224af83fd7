#include "hub/registry/kinds/keyed_catalog.hpp"

#include <algorithm>

namespace katydid::registry {

Error kept_in_settings(std::string what, const std::string& name)
{
    return {errc::conflict, "The secret of the " + what + " \"" + name
                                + "\" is read-only here: a setting names the variable or file that "
                                  "it comes from. Change it there, then restart the hub."};
}

signing::KeyRing rotated(const signing::KeyRing& ring, KeyId id, Rotation rotation, Timestamp now)
{
    signing::Key fresh{id, std::move(rotation.secret), rotation.not_before, std::nullopt};
    const auto wait = std::max(rotation.not_before.value_or(now) - now, milliseconds{0});
    auto next = signing::rotate(ring, std::move(fresh), now, wait + rotation.overlap);
    std::erase_if(next.keys, [now](const signing::Key& key) {
        return key.not_after && *key.not_after <= now;
    });
    return next;
}

}  // namespace katydid::registry
