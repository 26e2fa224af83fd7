// What this hub knows of the shared store: ownership, claims, and who listens.
#pragma once

#include "hub/store/shared/event_cache.hpp"
#include "hub/store/postgres/write/commit_effects.hpp"
#include "hub/store/postgres/cluster/ownership.hpp"
#include "hub/store/postgres/postgres_store.hpp"
#include "hub/store/shared/time_order.hpp"

#include <atomic>

namespace katydid::store::postgres {

/// Turns what transactions changed into work and announcements, and ownership into both.
///
/// It owns no connection and writes nothing. Thread safety: none, but `listener`, `health`; the
/// rest belongs to the store's thread.
class WriterState {
public:
    explicit WriterState(const PostgresOptions& options);

    const PostgresOptions& options;
    Ownership ownership;
    Claims claims;
    EventCache<EventId> cache;
    Counters corrections;  ///< of counts that turned out wrong; go with the next transaction
    Notifications missed_notifications;  ///< of lanes that changed hands during a transaction
    std::vector<std::pair<TenantId, DeliveryId>> damaged;  ///< held; their event cannot be read
    std::atomic<Listener*> listener{nullptr};
    TimeOrder time_order;         ///< of ids
    std::string channel;          ///< of NOTIFY
    Timestamp newest_accepted{};  ///< whatever was accepted is due, also for a claim made before
    std::uint64_t refused_settlements = 0;  ///< that no listener was told of yet

    /// A new delivery's id: a ULID of that time.
    DeliveryId make_delivery_id(Timestamp created_at);
    /// Which rows of `counters` are this hub's.
    [[nodiscard]] int slot() const noexcept { return ownership.self.bytes()[15] % 64; }
    [[nodiscard]] static Timestamp now() { return system_clock().now(); }

    /// Marks in `effects` what other hubs must be told, and returns it.
    Notifications notifications_for(CommitEffects& effects) const;
    /// Adds the statement that tells other hubs to read the settings again, where they must.
    void tell_settings(Connection& connection, const CommitEffects& effects) const;
    /// Whether a notification is such a one, of another hub.
    [[nodiscard]] bool is_news_of_settings(const std::string& payload) const;
    void note_settings() const;
    /// A tenant was written to that lives in another shard by now: the directory is to be read.
    void note_moved();
    /// After the commit: hands over and announces.
    void apply(CommitEffects& effects);
    /// After a rollback, or when the outcome is unknown.
    void drop(CommitEffects& effects);

    /// The subscriber is ours from now on; what waits of it is not known yet.
    /// False when that is known already.
    bool gain(const Subscriber& subscriber, std::int64_t token);
    void lose(const Subscriber& subscriber);
    /// What waits of a subscriber that is ours.
    void note_backlog(const Backlog& waiting);
    /// Everything that waits of it was noted: lanes that hold nothing hand over at once.
    void open_empty_lanes(const Subscriber& subscriber);
    /// Another hub says that the lane got work.
    void note_work(const Notifications::Lanes& lane);

    /// A commit is in doubt, or notifications were missed: lanes may hold rows that are not known
    /// here. They hand nothing over until they were claimed empty; the next sweep announces them.
    void suspect_lanes();
    /// A repeated append may be one whose first commit was in doubt: its rows may be unknown.
    void note_duplicate(const Append& append);

    void announce(const Backlog& waiting) const;
    void announce_hubs() const;
    void warn(const std::string& sentence) const;

private:
    class StepClock final : public Clock {
    public:
        Timestamp at{};
        [[nodiscard]] Timestamp now() const override { return at; }
        [[nodiscard]] SteadyTime steady_now() const override { return {}; }
    };

    void apply_moved(const CommitEffects& effects, std::vector<Backlog>& backlog);
    void apply_accepted(const CommitEffects& effects, std::vector<Work>& works,
                        std::vector<Backlog>& backlog);

    StepClock clock_;
    IdSource ids_;
    SteadyTime doubtful_until_{};
    SteadyTime moved_told_at_{};
};

/// What a call works with inside its transaction.
/// Thread safety: none; it belongs to the store's thread.
struct Session {
    Connection& connection;
    WriterState& state;
    CommitEffects& effects;  ///< acted on after the commit
};

}  // namespace katydid::store::postgres
