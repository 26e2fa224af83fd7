// Writes subscriptions, sources, keys, records, the quarantine and the audit log.
#pragma once

#include "hub/store/postgres/session.hpp"

namespace katydid::store::postgres {

// Every change checks before it writes, so a refused one leaves nothing to undo.

awaitable<result<void>> put_setting(Session& session, const Subscription& subscription);
awaitable<result<void>> put_setting(Session& session, const Source& source);
awaitable<result<void>> put_setting(Session& session, const SealedKey& key);
awaitable<result<void>> put_setting(Session& session, const ApiKey& key);
awaitable<result<void>> put_setting(Session& session, const Record& record);

struct Removal {
    const char* table;  ///< "subscriptions", "sources", "keys" or "rejected"
    TenantId tenant;
    IdBytes id;
    std::string sentence;  ///< when it is not there
};
awaitable<result<void>> remove_setting(Session& session, const Removal& removal);

struct RecordRemoval {
    TenantId tenant;
    std::string kind;
    std::string id;
};
awaitable<result<void>> remove_record(Session& session, const RecordRemoval& removal);

/// Appends to the tenant's log. Each entry carries a hash over itself and the one before, so that
/// a later change shows.
awaitable<result<void>> write_audit(Session& session, const AuditEntry& entry);

struct QuarantineOrder {
    Rejected rejected;
    QuarantineBounds bounds;
};
awaitable<result<void>> write_quarantine(Session& session, const QuarantineOrder& order);

}  // namespace katydid::store::postgres
