// Keeps rejected webhooks within their bounds.
#pragma once

#include "hub/store/shared/encoding.hpp"
#include "hub/store/postgres/write/writer_state.hpp"

namespace katydid::store::postgres {

struct RejectedOrder {
    Rejected rejected;
    RejectedBounds bounds;
};
/// Adds a rejected webhook and lets the tenant's oldest go when there are too many.
awaitable<result<void>> write_rejected(Session& session, const RejectedOrder& order);
awaitable<result<void>> remove_rejected(Session& session, TenantId tenant, RejectedId id);

awaitable<result<std::vector<Rejected>>> list_rejected(Connection& connection,
                                                       const RejectedQuery& query);
awaitable<result<Rejected>> get_rejected(Connection& connection, TenantId tenant, RejectedId id);

}  // namespace katydid::store::postgres
