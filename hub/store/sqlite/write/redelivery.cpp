#include "hub/store/sqlite/write/redelivery.hpp"

#include "hub/store/sqlite/rows/rows.hpp"
#include "hub/store/sqlite/sql/redelivery.sql.hpp"

namespace katydid::store::sqlite {
Redelivery::Redelivery(WriterState& state, Appender& appender)
    : state_{state},
      appender_{appender},
      find_row_{state.connection.prepare(sql::find_delivery)},
      find_event_{state.connection.prepare(sql::find_replayable_event)},
      find_pair_{state.connection.prepare(sql::find_delivery_of_pair)},
      is_of_job_{state.connection.prepare(sql::is_of_job)},
      make_due_{state.connection.prepare(sql::make_due)},
      not_started_{state.connection.prepare(sql::scan_not_started)},
      take_back_{state.connection.prepare(sql::take_back)},
      scheduled_{state.connection.prepare(sql::scan_scheduled)},
      bring_forward_{state.connection.prepare(sql::bring_forward)},
      cancel_{state.connection.prepare(sql::cancel_delivery)},
      waiting_{state.connection.prepare(sql::scan_waiting)}
{}

std::optional<Redelivery::Row> Redelivery::find_row(std::int64_t tenant, const DeliveryId& id)
{
    const auto found = state_.ids.find(id);
    if (!found) return std::nullopt;
    find_row_.with(found->seq, tenant, found->created_at);
    const ResetGuard guard{find_row_};
    if (!find_row_.step()) return std::nullopt;
    return read_row(find_row_, tenant);
}

std::optional<Redelivery::Event> Redelivery::find_event(std::int64_t tenant, const EventId& id)
{
    find_event_.with(tenant, id);
    const ResetGuard guard{find_event_};
    if (!find_event_.step()) return std::nullopt;
    return Event{find_event_.integer(0), find_event_.integer(1), find_event_.integer(2)};
}

std::optional<Redelivery::Row> Redelivery::find_pair(std::int64_t tenant, const Event& event,
                                                     std::int64_t subscriber)
{
    find_pair_.with(event.first_delivery, event.deliveries, event.seq, subscriber);
    const ResetGuard guard{find_pair_};
    if (!find_pair_.step()) return std::nullopt;
    return read_row(find_pair_, tenant);
}

Redelivery::Row Redelivery::read_row(const Statement& row, std::int64_t tenant)
{
    return {row.integer(0),
            tenant,
            row.integer(1),
            row.id<SubscriptionId>(2),
            static_cast<DeliveryState>(row.integer(3)),
            to_timestamp(row.integer(4))};
}

std::uint64_t Redelivery::redeliver(const Redeliver& order)
{
    const auto tenant = state_.interned.tenant(order.tenant);
    std::uint64_t count = 0;
    for (const auto& id : order.deliveries) {
        const auto row = find_row(tenant, id);
        if (!row) continue;
        const bool is_done = is_of_job(*row, order.job);
        const bool is_waiting = row->state == DeliveryState::pending;
        if (!is_done && (is_waiting || state_.claims.find(row->seq))) continue;
        if (!is_done) make_due(order, *row);
        ++count;
    }
    return count;
}

bool Redelivery::is_of_job(const Row& row, const std::optional<JobId>& job)
{
    if (!job) return false;
    is_of_job_.with(row.seq, *job);
    const ResetGuard guard{is_of_job_};
    return is_of_job_.step();
}

std::uint64_t Redelivery::take_back_some(const TakeBack& order)
{
    const auto tenant = state_.interned.tenant(order.tenant);
    std::vector<Row> rows;
    not_started_.with(order.job, tenant);
    {
        const ResetGuard guard{not_started_};
        while (rows.size() < rows_per_step_max && not_started_.step())
            if (!state_.claims.find(not_started_.integer(0)))
                rows.push_back(read_row(not_started_, tenant));
    }
    for (const auto& row : rows) {
        take_back_.with(row.seq).run();
        state_.counters.move(tenant, DeliveryState::pending, row.state);
    }
    return rows.size();
}

std::uint64_t Redelivery::bring_some_forward(const BringForward& order)
{
    const auto tenant = state_.interned.tenant(order.tenant);
    const auto subscriber = state_.interned.subscriber(tenant, order.subscription);
    std::vector<std::int64_t> found;
    scheduled_.with(subscriber, order.now, static_cast<std::int64_t>(rows_per_step_max));
    {
        const ResetGuard guard{scheduled_};
        while (scheduled_.step()) found.push_back(scheduled_.integer(0));
    }
    for (const auto seq : found) {
        bring_forward_.with(order.now, seq).run();
        announce(order.tenant,
                 {seq, tenant, subscriber, order.subscription, DeliveryState::scheduled, {}},
                 Lane::retry, order.now);
    }
    return found.size();
}

result<std::vector<DeliveryId>> Redelivery::replay(const Replay& order)
{
    const auto tenant = state_.interned.tenant(order.tenant);
    const auto event = find_event(tenant, order.event);
    if (!event)
        return Error{errc::not_found, "There is no event " + order.event.to_string()
                                          + ", or its payload was erased."};
    std::vector<DeliveryId> ids;
    for (const auto& recipient : order.recipients) {
        const auto subscriber = state_.interned.subscriber(tenant, recipient.subscription);
        auto row = find_pair(tenant, *event, subscriber);
        if (row) {
            const bool is_waiting = row->state == DeliveryState::pending;
            if (!is_waiting && !state_.claims.find(row->seq))
                make_due({order.tenant, {}, Lane::replay, order.now}, *row);
        } else {
            const auto seq = appender_.add_replayed(
                {tenant, event->seq, subscriber, recipient.order_key, order.now});
            row = Row{seq,      tenant, subscriber, recipient.subscription, DeliveryState::pending,
                      order.now};
            announce(order.tenant, *row, Lane::replay, order.now);
        }
        ids.push_back(state_.ids.make(row->seq, row->created_at));
    }
    return ids;
}

void Redelivery::make_due(const Redeliver& order, const Row& row)
{
    make_due_.with(order.lane, order.now, row.seq, order.job).run();
    state_.counters.move(row.tenant, row.state, DeliveryState::pending);
    announce(order.tenant, row, order.lane, order.now);
}

void Redelivery::announce(const TenantId& tenant, const Row& row, Lane lane, Timestamp now)
{
    state_.effects.moved.push_back({row.subscriber,
                                    lane,
                                    {to_integer(now), row.seq},
                                    true,
                                    Backlog{tenant, row.subscription, lane, now}});
}

void Redelivery::cancel_row(const Row& row, const std::string& reason, Timestamp now)
{
    cancel_.with(now, reason, row.seq).run();
    state_.counters.move(row.tenant, row.state, DeliveryState::cancelled);
}

std::uint64_t Redelivery::cancel(const Cancel& order)
{
    const auto tenant = state_.interned.tenant(order.tenant);
    std::uint64_t count = 0;
    for (const auto& id : order.deliveries) {
        const auto row = find_row(tenant, id);
        if (!row || is_final(row->state) || state_.claims.find(row->seq)) continue;
        cancel_row(*row, order.reason, order.now);
        ++count;
    }
    return count;
}

std::uint64_t Redelivery::cancel_some(const CancelAll& order)
{
    const auto tenant = state_.interned.tenant(order.tenant);
    const auto subscriber = state_.interned.subscriber(tenant, order.subscription);
    std::vector<Row> rows;
    waiting_.with(subscriber);
    {
        const ResetGuard guard{waiting_};
        while (rows.size() < rows_per_step_max && waiting_.step())
            if (!state_.claims.find(waiting_.integer(0)))
                rows.push_back(read_row(waiting_, tenant));
    }
    for (const auto& row : rows) cancel_row(row, order.reason, order.now);
    return rows.size();
}

}  // namespace katydid::store::sqlite
