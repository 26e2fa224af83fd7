// Writes records.
#pragma once

#include "hub/store/postgres/write/writer_state.hpp"
#include "hub/store/shared/record_names.hpp"

namespace katydid::store::postgres {

/// Two hubs may change one setting at a time; the second waits here and then sees the first.
/// Adds the statement.
void add_lock(Session& session, const std::string& what, const TenantId& tenant);

// Every change checks before it writes, so a refused one leaves nothing to undo.

awaitable<result<void>> put_record(Session& session, const Record& record);

awaitable<result<void>> remove_record(Session& session, const RecordName& name);

}  // namespace katydid::store::postgres
