// The rings that secrets rotate on.
#pragma once

#include "hub/core/error.hpp"
#include "hub/core/id.hpp"
#include "hub/core/secret.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace katydid::signing {

struct Key {
    KeyId id;
    Secret secret;
    std::optional<Timestamp> not_before;
    std::optional<Timestamp> not_after;

    [[nodiscard]] bool is_active(Timestamp now) const noexcept
    {
        return (!not_before || *not_before <= now) && (!not_after || now < *not_after);
    }
};

/// The keys of one source or subscription, newest first. At most 8 active ones are used.
struct KeyRing {
    std::vector<Key> keys;
};

using KeyRingPtr = std::shared_ptr<const KeyRing>;

/// An Ed25519 pair of Standard Webhooks v1a: "whsk_" signs, "whpk_" is handed to receivers.
struct KeyPair {
    Secret private_key;
    std::string public_key;
};

KeyPair generate_key_pair();

/// The ring after a rotation: the fresh key first, the old ones valid for `overlap` more at most.
/// Expired keys are left out; of more than 8 the oldest go.
[[nodiscard]] KeyRing rotate(const KeyRing& ring, Key fresh, Timestamp now,
                             milliseconds overlap = std::chrono::hours{24});

}  // namespace katydid::signing
