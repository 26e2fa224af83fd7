// What can be seen of a store without opening it, for checks before a start.
#pragma once

#include "hub/store/records.hpp"

#include <optional>
#include <string>
#include <vector>

namespace katydid::store {

/// The records of these kinds; none where there is no store yet. Takes no lock, makes no tables and
/// waits for no hub. Not for the SQLite store of a hub that runs: store_holder() tells.
/// Errors: what open_store() would refuse: another program's file, a newer schema, no connection.
[[nodiscard]] result<std::vector<Record>> peek_records(const std::string& url,
                                                       const std::vector<std::string>& kinds);

/// Why a SQLite store cannot be opened by another hub: the process that holds it. Takes no lock to
/// find out. nullopt: nobody does, or the store is shared.
[[nodiscard]] std::optional<Error> store_in_use(const std::string& url);

}  // namespace katydid::store
