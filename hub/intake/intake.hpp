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

    /// Delivers a stored event again: to one subscription, or to all that want it now. A delivery
    /// that is there keeps its id. Errors: not_found, those of Store::replay.
    awaitable<result<std::vector<DeliveryId>>> replay(TenantId tenant, EventId id,
                                                      std::optional<SubscriptionId> only);

private:
    [[nodiscard]] result<std::vector<store::Recipient>> recipient_of(const Event& event,
                                                                     SubscriptionId id) const;
    [[nodiscard]] std::vector<store::Recipient> recipients_of(const Event& event) const;
    awaitable<void> note_difference(TenantId tenant, EventId id, std::string external_id);

    store::Store& store_;
    const registry::Tables& tables_;
    IdSource& ids_;
    const Clock& clock_;
    observe::Metrics& metrics_;
};

}  // namespace katydid::intake
