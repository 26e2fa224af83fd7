// The one place where events, deliveries and settings are kept.
#pragma once

#include "hub/core/asio.hpp"
#include "hub/core/delivery.hpp"
#include "hub/core/error.hpp"
#include "hub/core/event.hpp"
#include "hub/core/subscription.hpp"
#include "hub/store/queries.hpp"
#include "hub/store/records.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace katydid::store {

/// One subscription that gets the event which is being appended.
struct Recipient {
    SubscriptionId subscription;
    std::string order_key;  ///< empty: no order
};

/// By what an event is known again, beside its external_id.
///
/// A duplicate is the same event once more and is not kept. A possible repeat looks like one but
/// may be another event: it is kept and says of which (Event::repeat_of), or refused.
struct Identity {
    bool id_is_hint = false;  ///< the external_id alone makes a possible repeat, no duplicate
    /// Keyed hashes: an event that has one of them is this event, or this one may repeat it. They
    /// tell nothing about the event to who lacks the key, so they may outlive an erasure.
    std::vector<std::string> same{};
    std::vector<std::string> like{};
    bool refuses_repeats = false;  ///< a possible repeat is not kept
};

/// An event with all its deliveries: one transaction.
struct Append {
    EventPtr event;                     ///< id, payload and received_at are set
    std::vector<Recipient> recipients;  ///< may be empty: the event is kept all the same
    Identity identity{};
};

struct Appended {
    EventId event;             ///< of the first arrival when this one is a duplicate
    bool duplicate = false;    ///< the same event was there
    bool same_payload = true;  ///< false: the duplicate came with other bytes
    std::uint32_t deliveries = 0;
    std::optional<EventId> repeat_of{};  ///< what it may be a repeat of
    bool refused = false;                ///< for that; nothing was kept
};

/// How long this hub owns a subscription, where several hubs share one store.
///
/// The store renews it; holders ask before each send. Thread safety: all calls may race.
class Lease {
public:
    /// Whether it still holds at `now`, which the asker moves ahead by its margin.
    [[nodiscard]] bool holds_at(Timestamp now) const noexcept
    {
        return to_integer(now) < ends_at_.load(std::memory_order_relaxed);
    }
    void renew_until(Timestamp end) noexcept { ends_at_.store(to_integer(end)); }
    void end() noexcept { ends_at_.store(0); }

private:
    static std::int64_t to_integer(Timestamp time) noexcept
    {
        return time.time_since_epoch().count();
    }
    std::atomic<std::int64_t> ends_at_{0};
};

using LeasePtr = std::shared_ptr<const Lease>;

/// A delivery that this hub may attempt now. No other claim returns it until it is settled or
/// released.
struct Work {
    Delivery delivery;
    EventPtr event;
    LeasePtr lease{};  ///< null: nobody else can own the subscription
};

struct Claim {
    TenantId tenant = default_tenant();
    SubscriptionId subscription;
    Lane lane = Lane::fresh;
    std::uint32_t count_max = 64;
    Timestamp now{};
};

struct Claimed {
    std::vector<Work> works;            ///< by due time, then in order of acceptance
    bool exhausted = false;             ///< nothing more is due now in this lane
    std::optional<Timestamp> next_due;  ///< the earliest work of this lane that waits for its time
};

/// What an attempt came to and what follows. Ends the claim of the delivery.
struct Settlement {
    TenantId tenant = default_tenant();
    DeliveryId delivery;
    DeliveryState state = DeliveryState::delivered;  ///< any but in_flight
    Lane lane = Lane::fresh;
    Timestamp due_at{};  ///< for pending and scheduled
    Timestamp settled_at{};
    std::string reason;
    std::optional<Attempt> attempt;  ///< absent: nothing was tried (parked, no counterpart)
    bool is_counted = true;          ///< whether the attempt is one of the retry schedule's
};

/// What one subscription has waiting, for the start of a hub and for metrics.
struct Backlog {
    TenantId tenant = default_tenant();
    SubscriptionId subscription;
    Lane lane = Lane::fresh;
    Timestamp next_due{};
};

/// How the store is. Anything but ok: no 2xx is answered and nothing is dispatched.
enum class Health : std::uint8_t { ok, full, unavailable, failed };

/// What a store tells the hub without being asked.
///
/// Called on the store's own thread: implementations post to a loop and return.
class Listener {
public:
    virtual ~Listener() = default;
    /// Just committed by an append and already claimed for this hub.
    virtual void on_work(std::vector<Work> works) = 0;
    /// Committed, but not handed over because the subscription's window is full, or made due by
    /// a retry, replay or another hub: claim it. `due` may lie in the future.
    virtual void on_backlog(TenantId tenant, SubscriptionId subscription, Lane lane, Timestamp due)
        = 0;
    virtual void on_health(Health health, const std::string& why) = 0;
    /// Another hub changed subscriptions, sources, keys, API keys or records, or may have while
    /// nobody could tell.
    virtual void on_settings_changed() {}
    /// So many hubs share this store now; this one is number `index` of them, as all of them
    /// count. Said when it changes, so that each holds its share of a limit.
    virtual void on_hubs([[maybe_unused]] std::size_t index, [[maybe_unused]] std::size_t alive) {}
    /// So many settlements came too late: another hub owns their subscriptions by now.
    virtual void on_refused_settlements([[maybe_unused]] std::size_t count) {}
};

/// How long finished rows are kept.
struct Retention {
    milliseconds delivered = std::chrono::days{7};  ///< also events that nobody wanted
    milliseconds dead = std::chrono::days{30};      ///< dead and cancelled
    milliseconds dedupe = std::chrono::days{
        7};  ///< ids stay known this long, and as long as the event
    milliseconds rejected = std::chrono::days{7};  ///< rejected webhooks
};

struct RetentionPlan {
    Retention standard;
    std::vector<std::pair<TenantId, Retention>> tenants;  ///< those with rules of their own
};

/// What an erasure removed.
struct Erased {
    std::uint64_t events = 0;
    std::uint64_t deliveries_cancelled = 0;  ///< that had not been sent yet
};

/// Called on a thread of the store while a backup runs.
using BackupProgress = std::function<void(std::uint64_t pages_done, std::uint64_t pages_total)>;

/// A durable store in batches and awaitables.
///
/// Lifetime: arguments are taken by value; the store outlives every pending call.
/// Cancellation: a call that was queued is carried out all the same; terminal cancellation only
/// stops the wait for it. Completions of one loop arrive in the order of their commits, and after
/// the Listener's calls of the same commit.
/// Errors of every call: store_full (nothing was written, try later), store_unavailable,
/// store_failed (the process must end), shutting_down, over_limit (the queue is full).
/// Thread safety: all calls from any thread.
class Store {
public:
    virtual ~Store() = default;

    // The hot path.
    virtual awaitable<result<Appended>> append(Append append) = 0;
    /// All of them or, with an error, none: one transaction. Answers are in the same order; a
    /// repeated event is a duplicate of the first.
    virtual awaitable<result<std::vector<Appended>>> append_all(std::vector<Append> appends) = 0;
    virtual awaitable<result<Claimed>> claim(Claim claim) = 0;
    virtual awaitable<result<void>> settle(std::vector<Settlement> settlements) = 0;
    /// Gives claimed work back untouched; it is due as before.
    virtual awaitable<result<void>>
    release(TenantId tenant, std::vector<DeliveryId> deliveries) = 0;
    /// What waits, by subscription and lane: asked once at start.
    virtual awaitable<result<std::vector<Backlog>>> backlog() = 0;

    // Deliveries moved by people.
    /// Makes finished or scheduled deliveries due now. Returns how many there were.
    virtual awaitable<result<std::uint64_t>>
    redeliver(TenantId tenant, std::vector<DeliveryId> deliveries, Lane lane, Timestamp now) = 0;
    /// New deliveries of a stored event for these subscriptions (replay). An existing delivery of
    /// the pair is made due again instead, so that its id stays.
    virtual awaitable<result<std::vector<DeliveryId>>>
    replay(TenantId tenant, EventId event, std::vector<Recipient> recipients, Timestamp now) = 0;
    /// Cancels what is not finished and not in flight. Returns how many there were.
    virtual awaitable<result<std::uint64_t>>
    cancel(TenantId tenant, std::vector<DeliveryId> deliveries, std::string reason, Timestamp now)
        = 0;
    virtual awaitable<result<std::uint64_t>>
    cancel_all(TenantId tenant, SubscriptionId subscription, std::string reason, Timestamp now) = 0;

    // Questions of people. errc::not_found where there is no such row in that tenant.
    virtual awaitable<result<std::vector<EventRow>>> events(EventQuery query) = 0;
    virtual awaitable<result<EventPtr>> event(TenantId tenant, EventId id) = 0;
    virtual awaitable<result<std::vector<Delivery>>> deliveries(DeliveryQuery query) = 0;
    virtual awaitable<result<Delivery>> delivery(TenantId tenant, DeliveryId id) = 0;
    virtual awaitable<result<std::vector<Attempt>>> attempts(TenantId tenant, DeliveryId id) = 0;
    virtual awaitable<result<Stats>> stats(std::optional<TenantId> tenant) = 0;
    /// Buckets in which something happened, oldest first.
    virtual awaitable<result<std::vector<ActivityBucket>>> activity(ActivityQuery query) = 0;

    // Settings that live in the store. `put_…` inserts, or replaces version - 1; errc::conflict
    // when the stored version is another or the name is taken.
    virtual awaitable<result<void>> put_subscription(Subscription subscription) = 0;
    virtual awaitable<result<void>> delete_subscription(TenantId tenant, SubscriptionId id) = 0;
    virtual awaitable<result<std::vector<Subscription>>> subscriptions() = 0;
    virtual awaitable<result<void>> put_source(Source source) = 0;
    virtual awaitable<result<void>> delete_source(TenantId tenant, SourceId id) = 0;
    virtual awaitable<result<std::vector<Source>>> sources() = 0;
    virtual awaitable<result<void>> put_key(SealedKey key) = 0;
    virtual awaitable<result<void>> delete_key(TenantId tenant, KeyId id) = 0;
    virtual awaitable<result<std::vector<SealedKey>>> keys() = 0;
    virtual awaitable<result<void>> put_api_key(ApiKey key) = 0;
    virtual awaitable<result<std::vector<ApiKey>>> api_keys() = 0;
    /// errc::conflict when the stored version is not `version` - 1.
    virtual awaitable<result<void>> put_record(Record record) = 0;
    virtual awaitable<result<void>>
    delete_record(TenantId tenant, std::string kind, std::string id) = 0;
    /// Of every tenant, by tenant and id.
    virtual awaitable<result<std::vector<Record>>> records(std::string kind) = 0;
    /// One of them; errc::not_found. It may have expired and still be there.
    virtual awaitable<result<Record>> record(TenantId tenant, std::string kind, std::string id) = 0;
    virtual awaitable<result<void>> audit(AuditEntry entry) = 0;
    virtual awaitable<result<std::vector<AuditRow>>> audit_entries(AuditQuery query) = 0;

    // Rejected webhooks.
    virtual awaitable<result<void>> add_rejected(Rejected rejected, RejectedBounds bounds) = 0;
    virtual awaitable<result<std::vector<Rejected>>> rejected(RejectedQuery query) = 0;
    virtual awaitable<result<Rejected>> rejected(TenantId tenant, RejectedId id) = 0;
    virtual awaitable<result<void>> delete_rejected(TenantId tenant, RejectedId id) = 0;

    // Care of the data.
    /// Deletes some rows whose time is over; at most `rows_max`, in one small transaction.
    /// Returns how many went. 0: everything was looked at; ask again some minutes later.
    virtual awaitable<result<std::uint64_t>>
    purge(RetentionPlan plan, Timestamp now, std::uint32_t rows_max) = 0;
    /// Removes what is stored about a person: payloads, headers, keys, answers. That there was an
    /// event and what became of its deliveries stays. Waiting deliveries are cancelled; what is in
    /// flight ends with its attempt. The caller writes the audit entry.
    virtual awaitable<result<Erased>>
    erase_subject(TenantId tenant, std::string subject, Timestamp now) = 0;
    /// Copies a consistent state to a new file while the store works on. errc::conflict when the
    /// file is there already.
    virtual awaitable<result<void>> backup(std::string path, BackupProgress progress) = 0;

    /// Tells the store who wants to hear. Called once, before the first append.
    virtual void set_listener(Listener* listener) = 0;
    [[nodiscard]] virtual Health health() const noexcept = 0;
    /// Finishes what is queued, checkpoints and closes. Blocks; may be called twice.
    virtual void close() = 0;
};

}  // namespace katydid::store
