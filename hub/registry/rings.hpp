// Opens the sealed keys of the store into rings.
#pragma once

#include "hub/store/store.hpp"
#include "signing/keys/key_ring.hpp"
#include "signing/keys/vault.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace katydid::registry {

/// The rings of all owners. A key that cannot be opened is left out and logged: its owner then
/// refuses or fails clearly, and everybody else works. In the ring of a source it is there, empty,
/// so that no handshake delivers another "first" one.
class Rings {
public:
    Rings(const std::vector<store::SealedKey>& keys, const signing::Vault& vault);

    /// Never null; empty when the owner has no key.
    [[nodiscard]] signing::KeyRingPtr of(const std::string& owner) const;

private:
    std::unordered_map<std::string, std::shared_ptr<signing::KeyRing>> rings_;
};

}  // namespace katydid::registry
