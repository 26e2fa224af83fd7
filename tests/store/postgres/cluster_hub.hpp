// A hub of a cluster test, as a process of its own.
#pragma once

#include "hub/core/id.hpp"

#include <cstdint>
#include <string>

namespace katydid::store::test {

/// Every hub appends for all of them and sends for those it owns. Subscription i belongs to the
/// tenant of shard i modulo their number.
constexpr std::uint32_t subscription_count = 24;

/// The tenant that begins in that shard; the default tenant is in the first.
TenantId tenant_id(std::uint32_t shard);

/// Works until its standard input ends, and writes what it does to the ledger.
/// \param urls  of its shards, with spaces between them; one: a store without shards
int run_cluster_hub(const std::string& urls, int number);

}  // namespace katydid::store::test
