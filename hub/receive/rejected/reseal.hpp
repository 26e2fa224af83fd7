// Rejected webhooks after a change of the master key.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/receive/rejected/kept_request.hpp"

#include <vector>

namespace katydid::receive {

/// Seals anew what another master key of the vault sealed. What cannot be opened stays as it is.
/// Returns how many there were. Errors: those of the store.
awaitable<result<std::size_t>> reseal_rejected(store::RejectedWebhooks& store,
                                               const signing::Vault& vault,
                                               std::vector<TenantId> tenants);

}  // namespace katydid::receive
