// The one door for every event, received or published.
#pragma once

#include "hub/core/async/asio.hpp"
#include "hub/core/clock.hpp"
#include "hub/core/error.hpp"
#include "hub/core/event.hpp"
#include "hub/observe/metrics.hpp"
#include "hub/observe/tracer.hpp"
#include "hub/registry/tables.hpp"
#include "hub/schema/json_schema.hpp"
#include "hub/store/store.hpp"

#include <optional>
#include <vector>

namespace katydid::intake {

class CommitNotifier;

struct AcceptOptions {
    /// The only one that gets it, whatever its patterns and its filter say (a test).
    std::optional<SubscriptionId> only{};
    /// Where what does not fit the type's schema is written down, with pointers into the data.
    std::vector<Fault>* faults = nullptr;
    store::Identity identity{};  ///< by what it is known again, beside its external_id
};

/// An event with that.
struct Arrived {
    Event event;
    store::Identity identity{};
};

/// Checks an event against its type's schema, finds who wants it, and appends it with its
/// deliveries: one transaction, one answer.
///
/// Owns no queue and no thread; what it is handed outlives it.
/// Thread safety: none; each event loop has its own.
class Intake {
public:
    Intake(store::Store& store, const registry::Tables& tables, IdSource& ids, const Clock& clock,
           observe::Metrics& metrics, observe::Tracer* tracer = nullptr);

    /// Accepts an event. Its id and received_at are set here; an empty external_id becomes the id,
    /// an unknown occurred_at the time of receipt. A type that only the hub may use, or that no
    /// header could carry, is made another one.
    /// A duplicate that was not delivered, and of which no delivery is under way, is tried again.
    /// When this returns a value, the event and its deliveries are on disk.
    /// Errors: those of Store::append; invalid_argument (the tenant rejects data that does not fit
    /// the type's schema), not_found (`only`).
    awaitable<result<store::Appended>> accept(Event event, AcceptOptions options = {});
    /// Many at once, all or none; answers in the same order. Faults carry the pointer "/<index>"
    /// and then that into the data. Checking and routing them has one budget: over it they are
    /// refused (too_large) and not routed in part. The loop is free between them.
    awaitable<result<std::vector<store::Appended>>>
    accept_all(std::vector<Event> events, std::vector<Fault>* faults = nullptr);
    awaitable<result<std::vector<store::Appended>>>
    accept_all(std::vector<Arrived> events, std::vector<Fault>* faults = nullptr);

    /// Delivers a stored event again: to one subscription, or to all that want it now. A delivery
    /// that is there keeps its id. No replay reaches a handler that its event could not.
    /// Errors: not_found, invalid_argument (that subscription would not get the event), those of
    /// Store::replay.
    awaitable<result<std::vector<DeliveryId>>> replay(TenantId tenant, EventId id,
                                                      std::optional<SubscriptionId> only);

    /// Told after every commit. Before the first event; it outlives the intake.
    void set_notifier(CommitNotifier& notifier) noexcept { notifier_ = &notifier; }
    /// Null: no caller can wait here.
    [[nodiscard]] CommitNotifier* notifier() const noexcept { return notifier_; }

private:
    void complete(Event& event);
    [[nodiscard]] bool fits_schema(const Event& event, filter::Document& document, WorkBudget& work,
                                   std::vector<Fault>& faults);
    void warn_of(const Event& event, const Fault& fault);
    void note_new(const Event& event, const store::Appended& appended);
    awaitable<void> note_duplicate(const Event& event, store::Appended& appended);
    awaitable<std::uint32_t> try_again(TenantId tenant, EventId id);
    [[nodiscard]] result<std::vector<store::Recipient>> recipient_of(const Event& event,
                                                                     SubscriptionId id) const;
    [[nodiscard]] result<std::vector<store::Recipient>>
    replay_recipients(const Event& event, std::optional<SubscriptionId> only);
    [[nodiscard]] std::vector<store::Recipient> route(const Event& event,
                                                      filter::Document& document);
    void note_undecided(const Event& event, const std::vector<SubscriptionPtr>& undecided);
    awaitable<result<std::vector<store::Append>>> prepare_all(std::vector<Arrived> events,
                                                              std::vector<Fault>* faults);
    /// The append as a span below the request that brought the event.
    void trace_append(const Event& event, const result<store::Appended>& appended,
                      SteadyTime started) const;
    awaitable<void> note_difference(TenantId tenant, EventId id, std::string external_id);
    awaitable<void> audit(TenantId tenant, EventId id, std::string action, std::string detail);

    store::Store& store_;
    const registry::Tables& tables_;
    IdSource& ids_;
    const Clock& clock_;
    observe::Metrics& metrics_;
    observe::Tracer* tracer_;             ///< null: appends leave no spans
    CommitNotifier* notifier_ = nullptr;  ///< null: no caller can wait here
    SteadyTime next_warning_{};           ///< at most one warning a second about schemas
    SteadyTime next_filter_warning_{};
};

}  // namespace katydid::intake
