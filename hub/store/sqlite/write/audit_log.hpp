// The audit log: who changed what, tenant by tenant.
#pragma once

#include "hub/store/sqlite/write/writer_state.hpp"
#include "hub/store/sqlite/read/reader.hpp"

namespace katydid::store::sqlite {

/// Appends to the tenant's log. Each entry carries a hash over itself and the tenant's entry
/// before, so that a later change shows.
void write_audit(WriterState& state, const AuditEntry& entry);

result<std::vector<AuditRow>> list_audit(ReadSession& session, const AuditQuery& query);

}  // namespace katydid::store::sqlite
