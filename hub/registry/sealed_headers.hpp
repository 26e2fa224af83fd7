// The headers of a subscription, which are credentials in practice, at rest.
#pragma once

#include "hub/core/subscription.hpp"
#include "signing/keys/vault.hpp"

namespace katydid::registry {

/// The subscription as it lies in the store: its headers sealed, bound to its row.
[[nodiscard]] Subscription seal_headers(Subscription subscription, const signing::Vault& vault);

/// The headers of a row as they are. One that an earlier version wrote has them in plain text.
/// Errors: corrupt (wrong master key, moved or changed row).
result<void> open_headers(Subscription& row, const signing::Vault& vault);

/// Whether the row must be written again: its headers are in plain text, or sealed under a master
/// key that goes.
[[nodiscard]] bool needs_sealing(const Subscription& row, const signing::Vault& vault);

/// Whether the vault has the master key that the row was sealed under.
[[nodiscard]] bool knows_master_key(const Subscription& row, const signing::Vault& vault);

}  // namespace katydid::registry
