// Moves a tenant from one shard to another while hubs work.
#pragma once

#include "hub/store/open_store.hpp"

#include <functional>
#include <string>
#include <vector>

namespace katydid::store {

struct MoveOptions {
    std::vector<StoreOptions::Shard> shards;  ///< as the hubs' settings have them
    std::string tenant;                       ///< its name or its id
    std::string to;                           ///< a shard's name
    bool rests = true;                        ///< else as fast as it goes: neighbours feel it
    std::function<void(const std::string&)> say = [](const std::string&) {};
    /// For tests: before each step, by its name (postgres/move/tenant_move.hpp).
    std::function<void(const std::string&)> on_step = [](const std::string&) {};
};

struct Moved {
    std::string from, to;
    std::uint64_t rows = 0;   ///< copied; 0: it lived there already
    milliseconds pause{0};    ///< how long its writes were refused
    milliseconds drained{0};  ///< how long nothing of it was sent before
};

/// Blocks until the tenant lives in that shard, or throws nothing and says why not: then it lives
/// where it lived, or, where only what is left has to be removed, in the new one. The same call
/// again goes on. Uses the databases only, so it may run anywhere, and dies without harm at any
/// point (docs/decisions/0047-moving-a-tenant.md).
/// Errors: not_found, refused, conflict (another move), store_unavailable.
[[nodiscard]] result<Moved> move_tenant(const MoveOptions& options);

}  // namespace katydid::store
