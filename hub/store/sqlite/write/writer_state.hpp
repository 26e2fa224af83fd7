// What the parts of the writer share: a connection, and what a batch means once it is durable.
#pragma once

#include "hub/store/shared/count_tally.hpp"
#include "hub/store/sqlite/write/activity.hpp"
#include "hub/store/sqlite/write/claims.hpp"
#include "hub/store/sqlite/rows/delivery_ids.hpp"
#include "hub/store/sqlite/rows/interned_ids.hpp"
#include "hub/store/store.hpp"
#include "hub/store/shared/time_order.hpp"

namespace katydid::store::sqlite {

/// What a batch changed, acted on only after its commit; a rollback just forgets it.
struct CommitEffects {
    struct Accepted {  ///< a new delivery
        const Append* append;
        std::uint32_t recipient;
        std::int64_t seq;
        std::int64_t subscriber;
    };
    struct Moved {  ///< a row that appeared at this place of a lane
        std::int64_t subscriber;
        Lane lane;
        Claims::Position position;
        bool due_now;
        std::optional<Backlog> announce;
    };

    std::vector<Accepted> accepted;
    std::vector<std::int64_t> settled;
    std::vector<Moved> moved;

    void clear()
    {
        accepted.clear();
        settled.clear();
        moved.clear();
    }
};

/// Flushed once per batch.
class Counters : public CountTally<std::int64_t> {
public:
    explicit Counters(Connection& connection);
    void flush();

private:
    Statement update_;
};

/// The writer's state. Thread safety: none; it belongs to the writer's thread.
struct WriterState {
    explicit WriterState(Connection& writer, std::uint32_t window_per_subscription);

    /// The next row number of a table; never used twice, not even after its rows are gone.
    std::int64_t next_event_seq() { return ++last_event_seq; }
    std::int64_t next_delivery_seq() { return ++last_delivery_seq; }
    /// Writes the row numbers down before rows at the end may be deleted.
    void save_seq_floors();
    void note_time(std::int64_t received_at);
    void save_time_disorder();
    void forget_batch();

    Connection& connection;
    InternedIds interned;
    DeliveryIds ids;
    Claims claims;
    Counters counters;
    Activity activity;
    CommitEffects effects;
    std::vector<std::int64_t> damaged;  ///< held deliveries whose event cannot be read any more
    std::int64_t newest_accepted = 0;   ///< received_at of what was appended last
    std::int64_t newest_received = 0;   ///< of all events that got a row
    TimeOrder time_order;
    std::int64_t last_event_seq = 0;
    std::int64_t last_delivery_seq = 0;
};

}  // namespace katydid::store::sqlite
