// Writes events with their deliveries.
#pragma once

#include "hub/store/shared/prepared_append.hpp"
#include "hub/store/sqlite/write/row_inserter.hpp"
#include "hub/store/sqlite/write/writer_state.hpp"

namespace katydid::store::sqlite {

/// Rows wait until there are enough for one statement, until other work of the transaction may look
/// at them, or until the commit: what is to be appended is not copied and outlives flush().
/// Thread safety: none; it belongs to the writer's thread.
class Appender {
public:
    explicit Appender(WriterState& state);

    /// Writes the event and its deliveries, or finds that it is a duplicate, or a repeat that is
    /// refused, and writes nothing.
    Appended append(const PreparedAppend& prepared);
    std::vector<Appended> append_all(const std::vector<PreparedAppend>& all);
    /// Writes the rows that wait.
    void flush();
    /// After a rollback.
    void forget() noexcept;

    /// One more delivery of a stored event; its row number.
    struct Extra {
        std::int64_t tenant;
        std::int64_t event;
        std::int64_t subscriber;
        const std::string& order_key;
        Timestamp now;
    };
    std::int64_t add_replayed(const Extra& extra);

private:
    /// Whether it is new, a duplicate or a possible repeat; its keys lead to it from now on, or to
    /// the event it is a duplicate of.
    Appended recognise(std::int64_t tenant, const PreparedAppend& prepared);
    /// What is known by a key, written to `found`. False: nothing.
    bool find(std::int64_t tenant, const DedupeKey& key, const PreparedAppend& prepared,
              Appended& found);
    /// False: it leads somewhere already.
    bool add_key(std::int64_t tenant, const DedupeKey& key, EventId event,
                 const PreparedAppend& prepared);
    void add_event(std::int64_t tenant, std::int64_t seq, const PreparedAppend& prepared,
                   const std::optional<EventId>& repeat_of);
    void add_deliveries(std::int64_t tenant, std::int64_t event_seq, const Append& append);

    struct EventRow {
        std::int64_t seq;
        std::int64_t tenant;
        std::int64_t source;
        std::int64_t type;
        std::int64_t content_type;
        std::int64_t first_delivery;
        std::optional<EventId> repeat_of;
        const PreparedAppend* prepared;
    };
    struct DeliveryRow {
        std::int64_t seq;
        std::int64_t tenant;
        std::int64_t event;
        std::int64_t subscriber;
        Lane lane;
        Timestamp due_at;
        bool replayed;
        std::string_view order_key;
    };
    static void bind(Statement& insert, std::size_t row, const EventRow& event);
    static void bind(Statement& insert, std::size_t row, const DeliveryRow& delivery);

    WriterState& state_;
    Statement insert_dedupe_, find_dedupe_;
    RowInserter insert_events_, insert_deliveries_;
    std::vector<EventRow> events_;         ///< that wait
    std::vector<DeliveryRow> deliveries_;  ///< those of the events, and perhaps more
};

}  // namespace katydid::store::sqlite
