#include "hub/store/sqlite/write/appender.hpp"

#include "hub/store/sqlite/rows/rows.hpp"
#include "hub/store/sqlite/sql/append.sql.hpp"

namespace katydid::store::sqlite {

Appender::Appender(WriterState& state)
    : state_{state},
      insert_dedupe_{state.connection.prepare(sql::insert_dedupe)},
      find_dedupe_{state.connection.prepare(sql::find_dedupe)},
      insert_events_{state.connection, sql::insert_event},
      insert_deliveries_{state.connection, sql::insert_delivery}
{}

Appended Appender::append(const PreparedAppend& prepared)
{
    const auto& event = *prepared.append.event;
    const auto tenant = state_.interned.tenant(event.tenant);
    auto answer = recognise(tenant, prepared);
    if (answer.duplicate || answer.refused) return answer;
    const auto seq = state_.next_event_seq();
    state_.note_time(to_integer(event.received_at));
    add_event(tenant, seq, prepared, answer.repeat_of ? answer.repeat_of : event.repeat_of);
    add_deliveries(tenant, seq, prepared.append);
    if (events_.size() >= RowInserter::rows_max) flush();

    answer.deliveries = static_cast<std::uint32_t>(prepared.append.recipients.size());
    state_.counters.add(tenant, Counters::events, 1);
    state_.activity.tally.accepted(tenant, event.received_at);
    state_.counters.add(tenant, static_cast<int>(DeliveryState::pending), answer.deliveries);
    return answer;
}

std::vector<Appended> Appender::append_all(const std::vector<PreparedAppend>& all)
{
    std::vector<Appended> answers;
    answers.reserve(all.size());
    for (const auto& each : all) answers.push_back(append(each));
    return answers;
}

Appended Appender::recognise(std::int64_t tenant, const PreparedAppend& prepared)
{
    Appended answer;
    answer.event = prepared.append.event->id;
    const auto& keys = prepared.keys;
    if (keys.size() == 1 && add_key(tenant, keys.front(), answer.event, prepared)) return answer;
    for (const auto& key : keys) {
        Appended found;
        if (!find(tenant, key, prepared, found)) continue;
        if (key.is_same) {
            answer = found;
            answer.duplicate = true;
            break;
        }
        if (!answer.repeat_of) answer.repeat_of = found.event;
    }
    answer.refused = answer.repeat_of && prepared.append.identity.refuses_repeats;
    if (answer.refused) answer.event = *answer.repeat_of;
    else
        for (const auto& key : keys) add_key(tenant, key, answer.event, prepared);
    return answer;
}

bool Appender::find(std::int64_t tenant, const DedupeKey& key, const PreparedAppend& prepared,
                    Appended& found)
{
    find_dedupe_.with(tenant, Blob{key.text()});
    const ResetGuard guard{find_dedupe_};
    if (!find_dedupe_.step()) return false;
    found.event = find_dedupe_.id<EventId>(0);
    found.same_payload = prepared.is_same_payload(find_dedupe_.blob(1), key);
    return true;
}

bool Appender::add_key(std::int64_t tenant, const DedupeKey& key, EventId event,
                       const PreparedAppend& prepared)
{
    const auto digest = prepared.digest_for(key);
    insert_dedupe_.with(tenant, Blob{key.text()}, event, Blob{digest}).run();
    return state_.connection.changes() == 1;
}

void Appender::add_event(std::int64_t tenant, std::int64_t seq, const PreparedAppend& prepared,
                         const std::optional<EventId>& repeat_of)
{
    const auto& event = *prepared.append.event;
    const EventRow row{seq,
                       tenant,
                       state_.interned.word(event.source),
                       state_.interned.word(event.type),
                       state_.interned.word(event.content_type),
                       state_.last_delivery_seq + 1,
                       repeat_of,
                       &prepared};
    for (const auto word : {row.source, row.type, row.content_type})
        state_.interned.count_word(word, 1);
    events_.push_back(row);
}

void Appender::add_deliveries(std::int64_t tenant, std::int64_t event_seq, const Append& append)
{
    std::uint32_t index = 0;
    for (const auto& recipient : append.recipients) {
        const auto subscriber = state_.interned.subscriber(tenant, recipient.subscription);
        const auto seq = state_.next_delivery_seq();
        deliveries_.push_back({seq, tenant, event_seq, subscriber, Lane::fresh,
                               append.event->received_at, false, recipient.order_key});
        state_.effects.accepted.push_back({&append, index++, seq, subscriber});
    }
}

std::int64_t Appender::add_replayed(const Extra& extra)
{
    const auto seq = state_.next_delivery_seq();
    const std::array row{DeliveryRow{seq, extra.tenant, extra.event, extra.subscriber, Lane::replay,
                                     extra.now, true, extra.order_key}};
    insert_deliveries_.run(row, [](auto&&... all) { bind(all...); });
    state_.counters.add(extra.tenant, static_cast<int>(DeliveryState::pending), 1);
    return seq;
}

void Appender::flush()
{
    if (events_.empty()) return;
    insert_events_.run(events_, [](auto&&... all) { bind(all...); });
    insert_deliveries_.run(deliveries_, [](auto&&... all) { bind(all...); });
    forget();
}

void Appender::forget() noexcept
{
    events_.clear();
    deliveries_.clear();
}

void Appender::bind(Statement& insert, std::size_t row, const EventRow& to_write)
{
    const auto& prepared = *to_write.prepared;
    const auto& event = *prepared.append.event;
    const auto& payload = prepared.payload;
    const auto& stored = payload.encoding == Encoding::plain ? *event.payload : payload.compressed;
    insert.with_row(
        row, to_write.seq, to_write.tenant, event.id, to_write.source, to_write.type,
        event.external_id, event.subject, event.key, event.occurred_at, event.received_at,
        to_write.content_type, event.traceparent, Blob{prepared.headers}, to_write.first_delivery,
        static_cast<std::int64_t>(prepared.append.recipients.size()),
        static_cast<std::int64_t>(event.payload->size()), Blob{payload.digest}, payload.encoding,
        event.origin, std::int64_t{event.type_unsigned}, to_write.repeat_of, Blob{stored});
}

void Appender::bind(Statement& insert, std::size_t row, const DeliveryRow& delivery)
{
    insert.with_row(row, delivery.seq, delivery.tenant, delivery.event, delivery.subscriber,
                    delivery.lane, delivery.due_at, delivery.due_at,
                    std::int64_t{delivery.replayed}, delivery.order_key);
}

}  // namespace katydid::store::sqlite
