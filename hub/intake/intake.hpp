// The one door for every event, received or published.
#pragma once

#include "hub/core/asio.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"
#include "hub/core/event.hpp"
#include "hub/observe/metrics.hpp"
#include "hub/registry/tables.hpp"
#include "hub/store/store.hpp"

namespace katydid::intake {

/// Finds who wants an event and appends it with its deliveries: one transaction, one answer.
///
/// Owns no queue and no thread; what it is handed outlives it.
/// Thread safety: none; each event loop has its own.
class Intake {
public:
    Intake(store::Store& store, const registry::Tables& tables, IdSource& ids, const Clock& clock,
           observe::Metrics& metrics);

    /// Accepts an event. Its id and received_at are set here; an empty external_id becomes the id,
    /// an unknown occurred_at the time of receipt.
    /// When this returns a value, the event and its deliveries are on disk.
    /// Errors: those of Store::append.
    awaitable<result<store::Appended>> accept(Event event);

private:
    awaitable<void> note_difference(TenantId tenant, EventId id, std::string external_id);

    store::Store& store_;
    const registry::Tables& tables_;
    IdSource& ids_;
    const Clock& clock_;
    observe::Metrics& metrics_;
};

}  // namespace katydid::intake
