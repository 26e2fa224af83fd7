// Writes subscriptions, sources, keys, records and rejected webhooks.
#pragma once

#include "hub/store/postgres/wire/session.hpp"

namespace katydid::store::postgres {

/// Two hubs may change one setting at a time; the second waits here and then sees the first.
/// Adds the statement.
void add_lock(Session& session, const std::string& what, const TenantId& tenant);

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

struct RejectedOrder {
    Rejected rejected;
    RejectedBounds bounds;
};
awaitable<result<void>> write_rejected(Session& session, const RejectedOrder& order);

}  // namespace katydid::store::postgres
