// Writes events with their deliveries.
#pragma once

#include "hub/store/shared/prepared_append.hpp"
#include "hub/store/sqlite/write/writer_state.hpp"

namespace katydid::store::sqlite {

/// Thread safety: none; it belongs to the writer's thread.
class Appender {
public:
    explicit Appender(WriterState& state);

    /// Writes the event and its deliveries, or finds that it is a duplicate, or a repeat that is
    /// refused, and writes nothing.
    Appended append(const PreparedAppend& prepared);
    std::vector<Appended> append_all(const std::vector<PreparedAppend>& all);
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
    void insert_event(std::int64_t tenant, std::int64_t seq, const PreparedAppend& prepared,
                      const std::optional<EventId>& repeat_of);
    void insert_deliveries(std::int64_t tenant, std::int64_t event_seq, const Append& append);

    WriterState& state_;
    Statement insert_dedupe_, find_dedupe_, insert_event_, insert_delivery_;
};

}  // namespace katydid::store::sqlite
