// What a shard says of itself, so that no other database is taken for it.
#pragma once

#include "hub/store/records.hpp"

#include <string>

namespace katydid::store::shards {

/// Writes the shard's name into it when it is new, and whether it is the first one; else compares.
/// errc::refused when it is another shard than the settings say.
awaitable<result<void>> claim_identity(Records& shard, std::string name, bool is_first);

}  // namespace katydid::store::shards
