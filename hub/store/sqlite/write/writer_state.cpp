#include "hub/store/sqlite/write/writer_state.hpp"

namespace katydid::store::sqlite {
namespace {

std::int64_t last_seq(Connection& connection, const std::string& table, const std::string& floor)
{
    const auto newest = connection.integer("SELECT max(seq) FROM " + table);
    const auto saved = connection.integer("SELECT value FROM meta WHERE key = '" + floor + "'");
    return std::max(newest, saved);
}

}  // namespace

Counters::Counters(Connection& connection)
    : update_{connection.prepare("INSERT INTO counters(tenant, what, rows) VALUES(?1, ?2, ?3)"
                                 " ON CONFLICT DO UPDATE SET rows = rows + ?3")}
{}

void Counters::add(std::int64_t tenant, int what, std::int64_t delta)
{
    deltas_[{tenant, what}] += delta;
}

void Counters::move(std::int64_t tenant, DeliveryState from, DeliveryState to)
{
    if (from == to) return;
    add(tenant, static_cast<int>(from), -1);
    add(tenant, static_cast<int>(to), 1);
}

void Counters::flush()
{
    for (const auto& [key, delta] : deltas_) {
        if (delta == 0) continue;
        update_.bind(1, key.first).bind(2, std::int64_t{key.second}).bind(3, delta).run();
    }
    deltas_.clear();
}

WriterState::WriterState(Connection& writer, std::uint32_t window_per_subscription)
    : connection{writer},
      interned{writer},
      ids{writer.text("SELECT value FROM meta WHERE key = 'delivery_id_secret'")},
      claims{window_per_subscription},
      counters{writer},
      activity{writer},
      newest_received{writer.integer("SELECT received_at FROM events ORDER BY seq DESC LIMIT 1")},
      last_event_seq{last_seq(writer, "events", "event_seq_floor")},
      last_delivery_seq{last_seq(writer, "deliveries", "delivery_seq_floor")}
{}

void WriterState::save_seq_floors()
{
    connection.run("UPDATE meta SET value = " + std::to_string(last_event_seq)
                   + " WHERE key = 'event_seq_floor'");
    connection.run("UPDATE meta SET value = " + std::to_string(last_delivery_seq)
                   + " WHERE key = 'delivery_seq_floor'");
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
    connection.run("UPDATE meta SET value = max(value, " + std::to_string(disorder)
                   + ") WHERE key = 'time_disorder'");
    time_order.is_written();
}

void WriterState::forget_batch()
{
    time_order.is_not_written();
    effects.clear();
    counters.forget();
    activity.tally.clear();
    interned.forget();
}

}  // namespace katydid::store::sqlite
