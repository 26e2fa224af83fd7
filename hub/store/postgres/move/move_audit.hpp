// What a move writes to the audit log.
#pragma once

#include "hub/store/audit_log.hpp"
#include "hub/store/postgres/move/move_link.hpp"

namespace katydid::store::postgres {

/// Appends to the chain of the entry's tenant, as write_audit() does for hubs, and at the same time
/// as they do. \param first  the first shard, where the log is
void write_move_audit(MoveLink& first, const AuditEntry& entry);

}  // namespace katydid::store::postgres
