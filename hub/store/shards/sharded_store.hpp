// A store of several stores.
#pragma once

#include "hub/store/shards/shard.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace katydid::store {

struct ShardOptions {
    std::string name;  ///< the directory knows it by this name, for ever
    shards::OpenShard open;
};

struct ShardedOptions {
    std::vector<ShardOptions> shards;       ///< the first one keeps the directory; at least one
    milliseconds reopen_interval{2'000};    ///< how often one that is away is asked for at start
    std::function<void(std::string)> warn;  ///< sentences for the operator's log
};

/// Opens a store that keeps each tenant in one of several shards, each of them a whole store.
///
/// The first shard keeps what the whole hub must know: tenants, keys, sources, subscriptions, event
/// types, schemes, limits, the audit log, and the directory that says which tenant lives where. All
/// else lives with its tenant. A shard that is away refuses the calls of its own tenants with
/// store_unavailable. Lists of all tenants leave it out, save those of the first shard's kinds.
///
/// The first shard must be there at start; the others may come later. Throws katydid::Failure.
[[nodiscard]] std::unique_ptr<Store> open_sharded(ShardedOptions options);

}  // namespace katydid::store
