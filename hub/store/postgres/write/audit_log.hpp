// The audit log: who changed what, tenant by tenant.
#pragma once

#include "hub/store/postgres/write/writer_state.hpp"

namespace katydid::store::postgres {

/// Appends to the tenant's log. Each entry carries a hash over itself and the tenant's entry
/// before, so that a later change shows.
awaitable<result<void>> write_audit(Session& session, const AuditEntry& entry);

awaitable<result<std::vector<AuditRow>>> list_audit(Connection& connection,
                                                    const AuditQuery& query);

}  // namespace katydid::store::postgres
