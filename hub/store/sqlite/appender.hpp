// Writes events with their deliveries.
#pragma once

#include "hub/store/prepared_append.hpp"
#include "hub/store/sqlite/context.hpp"

namespace katydid::store::sqlite {

/// Thread safety: none; it belongs to the writer's thread.
class Appender {
public:
    explicit Appender(WriteContext& context);

    /// Writes the event and its deliveries, or finds that it is a duplicate and writes nothing.
    Appended append(const PreparedAppend& prepared);
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
    bool is_new(std::int64_t tenant, const PreparedAppend& prepared);
    Appended describe_duplicate(std::int64_t tenant, const PreparedAppend& prepared);
    void insert_event(std::int64_t tenant, std::int64_t seq, const PreparedAppend& prepared);
    void insert_deliveries(std::int64_t tenant, std::int64_t event_seq, const Append& append);

    WriteContext& context_;
    Statement insert_dedupe_, find_dedupe_, insert_event_, insert_delivery_;
};

}  // namespace katydid::store::sqlite
