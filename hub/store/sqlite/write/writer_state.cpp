#include "hub/store/sqlite/write/writer_state.hpp"
#include "hub/store/sqlite/sql/counts.sql.hpp"
#include "hub/store/sqlite/sql/meta.sql.hpp"

namespace katydid::store::sqlite {

Counters::Counters(Connection& connection) : update_{connection.prepare(sql::add_count)} {}

void Counters::flush()
{
    for (const auto& [key, delta] : deltas()) {
        if (delta == 0) continue;
        update_.with(key.first, std::int64_t{key.second}, delta).run();
    }
    clear();
}

WriterState::WriterState(Connection& writer, std::uint32_t window_per_subscription)
    : connection{writer},
      interned{writer},
      ids{writer.text(sql::delivery_id_secret)},
      claims{window_per_subscription},
      counters{writer},
      activity{writer},
      newest_received{writer.integer(sql::newest_received_at)},
      last_event_seq{writer.integer(sql::last_event_seq)},
      last_delivery_seq{writer.integer(sql::last_delivery_seq)}
{}

void WriterState::save_seq_floors()
{
    auto save = connection.prepare(sql::save_seq_floor);
    save.with("event_seq_floor", last_event_seq).run();
    save.with("delivery_seq_floor", last_delivery_seq).run();
}

void WriterState::note_time(std::int64_t received_at)
{
    if (received_at < newest_received) time_order.note(newest_received, received_at);
    else newest_received = received_at;
}

void WriterState::save_time_disorder()
{
    const auto disorder = time_order.to_write();
    if (disorder == 0) return;
    connection.prepare(sql::save_time_disorder).with(disorder).run();
    time_order.is_written();
}

void WriterState::forget_batch()
{
    time_order.is_not_written();
    effects.clear();
    counters.clear();
    activity.tally.clear();
    interned.forget();
}

}  // namespace katydid::store::sqlite
