#include "hub/store/postgres/write/batch.hpp"

#include "hub/store/shared/encoding.hpp"
#include "hub/store/postgres/write/activity.hpp"
#include "hub/store/postgres/maintenance/id_range.hpp"
#include "hub/store/postgres/cluster/new_leases.hpp"
#include "hub/store/postgres/write/recogniser.hpp"
#include "hub/store/postgres/sql/batch.sql.hpp"

#include <boost/unordered/unordered_flat_set.hpp>

namespace katydid::store::postgres {
namespace {

std::string_view view(const Digest& digest)
{
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

awaitable<void> BatchWriter::write(Connection& connection, const Batch& batch)
{
    forget();
    if (rows_written_ >= replan_at_) {
        connection.add("DISCARD PLANS");
        co_await connection.run();
        replan_at_ = rows_written_ * replan_growth;
    }
    connection.add("BEGIN");
    statements_ = 1;
    if (!batch.appends.empty()) {
        co_await find_new(connection, batch);
    }
    collect_settlements(batch);
    if (!new_events_.empty()) add_events(connection);
    add_deliveries(connection);
    // Attempts first: they are kept for deliveries that are not finished yet.
    if (!settled_.empty()) {
        add_attempts(connection);
        add_outcomes(connection);
    }
    rows_written_ += effects_.accepted.size() + new_events_.size();
    effects_.counters.add_all(state_.corrections);
    write_counts(connection, effects_.counters, state_.slot());
    write_activity(connection, effects_.activity, state_.slot());
    state_.notifications_for(effects_).write(connection);
    add_time_disorder(connection);
    connection.add("COMMIT");
    const auto answers = co_await connection.run();
    state_.time_order.is_written();
    state_.corrections.clear();
    if (!settled_.empty()) note_refused(answers.at(outcome_answer_));
    state_.apply(effects_);
}

void BatchWriter::forget()
{
    state_.drop(effects_);
    new_events_.clear();
    settled_.clear();
    asked_leases_.clear();
}

awaitable<void> BatchWriter::find_new(Connection& connection, const Batch& batch)
{
    Recogniser recogniser{batch.appends};
    recogniser.add_keys(connection);
    const bool asks_leases = add_leases(connection, batch);
    const auto answers = co_await connection.run();
    recogniser.note_added(answers.at(1));
    if (asks_leases) effects_.leases = note_taken_leases(state_, answers.at(2), asked_leases_);
    co_await recogniser.find_known(connection);
    recogniser.decide();
    statements_ = recogniser.correct_keys(connection);
    for (auto* order : batch.appends) {
        const auto& append = order->prepared.append;
        if (order->answer.duplicate) state_.note_duplicate(append);
        if (order->answer.duplicate || order->answer.refused) continue;
        order->answer.deliveries = static_cast<std::uint32_t>(append.recipients.size());
        new_events_.push_back(order);
    }
}

void BatchWriter::add_time_disorder(Connection& connection)
{
    const auto disorder = state_.time_order.to_write();
    if (disorder == 0) return;
    const auto params = Params::of(disorder);
    connection.add(sql::save_time_disorder, params);
}

bool BatchWriter::add_leases(Connection& connection, const Batch& batch)
{
    std::set<Subscriber> unknown;
    for (const auto* order : batch.appends) {
        const auto& append = order->prepared.append;
        for (const auto& recipient : append.recipients) {
            const Subscriber subscriber{append.event->tenant, recipient.subscription};
            if (!state_.ownership.is_known(subscriber)) unknown.insert(subscriber);
        }
    }
    return add_unowned(connection, state_, std::move(unknown), asked_leases_);
}

void BatchWriter::add_events(Connection& connection)
{
    using enum Type;
    Array tenants{id}, ids{id}, firsts{id}, lasts{id}, occurred{integer}, received{integer},
        sizes{integer}, encodings{integer}, origins{integer}, unsigned_types{integer},
        first_ones{id}, sources{bytes}, types{bytes}, external_ids{bytes}, subjects{bytes},
        keys{bytes}, content_types{bytes}, traces{bytes}, headers{bytes}, digests{bytes},
        payloads{bytes};
    for (const auto* order : new_events_) {
        const auto& prepared = order->prepared;
        const auto& event = *prepared.append.event;
        const auto first = effects_.accepted.size();
        std::uint32_t index = 0;
        for ([[maybe_unused]] const auto& recipient : prepared.append.recipients)
            effects_.accepted.push_back(
                {&prepared.append, index++, state_.make_delivery_id(event.received_at), false});
        const bool has_deliveries = index > 0;
        tenants.add(event.tenant);
        ids.add(event.id);
        firsts.add(has_deliveries ? effects_.accepted[first].id : DeliveryId{});
        lasts.add(has_deliveries ? effects_.accepted.back().id : DeliveryId{});
        occurred.add(event.occurred_at);
        received.add(event.received_at);
        state_.time_order.note(time_of(event.id.bytes()), to_integer(event.received_at));
        sizes.add(static_cast<std::int64_t>(event.payload->size()));
        encodings.add(static_cast<std::int64_t>(prepared.payload.encoding));
        origins.add(static_cast<std::int64_t>(event.origin));
        unsigned_types.add(std::int64_t{event.type_unsigned});
        const auto& found = order->answer.repeat_of;
        if (const auto& first_one = found ? found : event.repeat_of) first_ones.add(*first_one);
        else first_ones.add_null();
        sources.add(event.source);
        types.add(event.type);
        external_ids.add(event.external_id);
        subjects.add(event.subject);
        keys.add(event.key);
        content_types.add(event.content_type);
        traces.add(event.traceparent);
        headers.add(prepared.headers);
        digests.add(view(prepared.payload.digest));
        const bool is_plain = prepared.payload.encoding == Encoding::plain;
        payloads.add(std::string_view{is_plain ? *event.payload : prepared.payload.compressed});
        effects_.counters.add(event.tenant, Counters::events, 1);
        effects_.activity.accepted(event.tenant, event.received_at);
        effects_.counters.add(event.tenant, static_cast<int>(DeliveryState::pending),
                              std::int64_t{index});
    }
    const auto params = Params::of(
        std::move(tenants), std::move(ids), std::move(firsts), std::move(lasts),
        std::move(occurred), std::move(received), std::move(sizes), std::move(encodings),
        std::move(origins), std::move(unsigned_types), std::move(first_ones), std::move(sources),
        std::move(types), std::move(external_ids), std::move(subjects), std::move(keys),
        std::move(content_types), std::move(traces), std::move(headers), std::move(digests),
        std::move(payloads));
    connection.add(sql::insert_events, params);
    ++statements_;
}

void BatchWriter::add_deliveries(Connection& connection)
{
    if (effects_.accepted.empty()) return;
    Array tenants{Type::id}, ids{Type::id}, events{Type::id}, subscriptions{Type::id},
        times{Type::integer}, order_keys{Type::bytes};
    for (const auto& accepted : effects_.accepted) {
        const auto& event = *accepted.append->event;
        const auto& recipient = accepted.append->recipients[accepted.recipient];
        tenants.add(event.tenant);
        ids.add(accepted.id);
        events.add(event.id);
        subscriptions.add(recipient.subscription);
        times.add(event.received_at);
        order_keys.add(recipient.order_key);
    }
    const auto params = Params::of(std::move(tenants), std::move(ids), std::move(events),
                                   std::move(subscriptions), std::move(times),
                                   std::move(order_keys));
    connection.add(sql::insert_deliveries, params);
    ++statements_;
}

void BatchWriter::collect_settlements(const Batch& batch)
{
    boost::unordered_flat_set<DeliveryId, std::hash<DeliveryId>> seen;
    for (const auto* order : batch.settles) {
        for (const auto& settlement : order->settlements) {
            const auto* held = state_.claims.find(settlement.delivery);
            const auto* owned = held == nullptr ? nullptr : state_.ownership.find(held->subscriber);
            const bool is_ours = owned != nullptr && held->subscriber.tenant == settlement.tenant;
            if (!is_ours) {
                ++state_.refused_settlements;
                continue;
            }
            if (!seen.insert(settlement.delivery).second) continue;  // the first outcome stays
            settled_.push_back({&settlement, *held, owned->token});
        }
    }
}

void BatchWriter::add_attempts(Connection& connection)
{
    using enum Type;
    Array tenants{id}, deliveries{id}, subscriptions{id}, tokens{integer}, ids{id},
        started{integer}, durations{integer}, numbers{integer}, statuses{integer},
        outcomes{integer}, errors{bytes}, responses{bytes}, timings{integer};
    for (const auto& [settlement, before, token] : settled_) {
        if (!settlement->attempt) continue;
        const auto& attempt = *settlement->attempt;
        tenants.add(settlement->tenant);
        deliveries.add(settlement->delivery);
        subscriptions.add(before.subscriber.subscription);
        tokens.add(token);
        ids.add(attempt.id);
        started.add(attempt.started_at);
        durations.add(std::int64_t{attempt.duration.count()});
        numbers.add(std::int64_t{attempt.number});
        statuses.add(std::int64_t{attempt.status});
        outcomes.add(static_cast<std::int64_t>(attempt.outcome));
        errors.add(attempt.error);
        responses.add(std::string_view{attempt.response}.substr(0, response_bytes_max));
        timings.add(attempt.timing.pack());
    }
    if (tenants.size() == 0) return;
    const auto params = Params::of(std::move(tenants), std::move(deliveries),
                                   std::move(subscriptions), std::move(tokens), std::move(ids),
                                   std::move(started), std::move(durations), std::move(numbers),
                                   std::move(statuses), std::move(outcomes), std::move(errors),
                                   std::move(responses), std::move(timings));
    connection.add(sql::insert_attempts, params);
    ++statements_;
}

void BatchWriter::add_outcomes(Connection& connection)
{
    using enum Type;
    Array tenants{id}, ids{id}, subscriptions{id}, tokens{integer}, states{integer}, lanes{integer},
        dues{integer}, ends{integer}, attempts{integer}, uncounted{integer}, statuses{integer},
        reasons{bytes};
    for (const auto& [settlement, before, token] : settled_) {
        const bool is_over = is_final(settlement->state);
        const auto state = settlement->state == DeliveryState::in_flight ? DeliveryState::pending
                                                                         : settlement->state;
        tenants.add(settlement->tenant);
        ids.add(settlement->delivery);
        subscriptions.add(before.subscriber.subscription);
        tokens.add(token);
        states.add(static_cast<std::int64_t>(state));
        is_over ? lanes.add_null() : lanes.add(static_cast<std::int64_t>(settlement->lane));
        is_over ? dues.add_null() : dues.add(settlement->due_at);
        ends.add(is_over ? settlement->settled_at : Timestamp{});
        attempts.add(std::int64_t{before.attempts} + (settlement->attempt ? 1 : 0));
        uncounted.add(std::int64_t{settlement->attempt && !settlement->is_counted ? 1 : 0});
        if (settlement->attempt) statuses.add(std::int64_t{settlement->attempt->status});
        else is_over ? statuses.add(std::int64_t{0}) : statuses.add_null();
        reasons.add(settlement->reason);
        effects_.settled.push_back(settlement->delivery);
        effects_.counters.move(settlement->tenant, before.state, state);
        effects_.activity.settled(settlement->tenant, *settlement);
        if (!is_over)
            effects_.moved.push_back({before.subscriber,
                                      settlement->lane,
                                      {to_integer(settlement->due_at), settlement->delivery},
                                      settlement->due_at <= settlement->settled_at,
                                      false,
                                      false});
    }
    const auto params = Params::of(std::move(tenants), std::move(ids), std::move(subscriptions),
                                   std::move(tokens), std::move(states), std::move(lanes),
                                   std::move(dues), std::move(ends), std::move(attempts),
                                   std::move(uncounted), std::move(statuses), std::move(reasons));
    connection.add(sql::write_outcomes, params);
    outcome_answer_ = statements_++;
}

/// Counts were written as if every settlement fitted; the next transaction puts them right.
void BatchWriter::note_refused(const Rows& changed)
{
    if (changed.size() == static_cast<int>(settled_.size())) return;
    boost::unordered_flat_set<DeliveryId, std::hash<DeliveryId>> done;
    for (int row = 0; row < changed.size(); ++row) done.insert(changed.id<DeliveryId>(row, 0));
    for (const auto& [settlement, before, token] : settled_) {
        if (done.contains(settlement->delivery)) continue;
        ++state_.refused_settlements;
        const auto state = settlement->state == DeliveryState::in_flight ? DeliveryState::pending
                                                                         : settlement->state;
        state_.corrections.move(settlement->tenant, state, before.state);
    }
}

}  // namespace katydid::store::postgres
