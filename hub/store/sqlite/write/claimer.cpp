#include "hub/store/sqlite/write/claimer.hpp"

#include "hub/store/sqlite/rows/rows.hpp"
#include "hub/store/sqlite/sql/claim.sql.hpp"
#include "hub/store/sqlite/sql/rows.sql.hpp"

#include <limits>

namespace katydid::store::sqlite {
Claimer::Claimer(WriterState& state, std::size_t cache_bytes_max)
    : state_{state},
      cache_{cache_bytes_max},
      scan_{state.connection.prepare(sql::scan_due)},
      load_{state.connection.prepare(sql::load_delivery)},
      load_event_{state.connection.prepare(sql::load_event)},
      next_lane_{state.connection.prepare(sql::next_lane)}
{}

Claimed Claimer::claim(const Claim& claim)
{
    const auto tenant = state_.interned.tenant(claim.tenant);
    const auto subscriber = state_.interned.subscriber(tenant, claim.subscription);
    Claimed out;
    for (const auto seq : find_due(claim, subscriber, out)) {
        auto work = load(seq, claim);
        const auto stored = static_cast<DeliveryState>(load_.integer(1));
        load_.reset();
        state_.claims.hold(seq, {subscriber, stored, claim.lane});
        if (work) {
            out.works.push_back(std::move(*work));
        } else {
            state_.damaged.push_back(seq);
        }
    }
    if (out.exhausted) state_.claims.open_lane(subscriber, claim.lane);
    return out;
}

std::vector<std::int64_t> Claimer::find_due(const Claim& claim, std::int64_t subscriber,
                                            Claimed& out)
{
    std::vector<std::int64_t> due;
    const auto from = state_.claims.position(subscriber, claim.lane);
    auto next = from;
    // Whatever was accepted is due, also for a claim that was made before.
    const auto now = claim.lane == Lane::fresh
                         ? std::max(to_integer(claim.now), state_.newest_accepted)
                         : to_integer(claim.now);
    scan_.with(subscriber, claim.lane, from.due_at, from.seq);
    const ResetGuard guard{scan_};
    bool stopped = false;
    while (!stopped && scan_.step()) {
        const Claims::Position at{scan_.integer(0), scan_.integer(1)};
        if (at.due_at > now) {
            if (state_.claims.find(at.seq)) continue;
            out.next_due = to_timestamp(at.due_at);
            break;
        }
        if (!state_.claims.find(at.seq)) {
            stopped = due.size() == claim.count_max;
            if (!stopped) due.push_back(at.seq);
        }
        next = stopped ? at : Claims::Position{at.due_at, at.seq + 1};
    }
    out.exhausted = !stopped;
    state_.claims.advance(subscriber, claim.lane, next);
    return due;
}

std::optional<Work> Claimer::load(std::int64_t seq, const Claim& claim)
{
    load_.with(seq);
    if (!load_.step()) return std::nullopt;
    const auto event_seq = load_.integer(0);
    auto event = cache_.find(event_seq);
    if (!event) {
        load_event_.with(event_seq);
        const ResetGuard guard{load_event_};
        const bool found = load_event_.step();
        if (!found || static_cast<Encoding>(load_event_.integer(14)) == Encoding::erased)
            return std::nullopt;
        auto read = read_full_event(load_event_, 0);
        if (!read) return std::nullopt;
        event = std::move(*read);
        cache_.add(event_seq, event);
    }
    Work work;
    work.delivery.tenant = claim.tenant;
    work.delivery.subscription = claim.subscription;
    work.delivery.event = event->id;
    work.delivery.state = DeliveryState::in_flight;
    work.delivery.lane = claim.lane;
    work.delivery.attempts = static_cast<std::uint32_t>(load_.integer(2));
    work.delivery.created_at = to_timestamp(load_.integer(3));
    work.delivery.due_at = to_timestamp(load_.integer(4));
    work.delivery.order_key = load_.text(5);
    work.delivery.reason = load_.text(6);
    work.delivery.attempts_before = static_cast<std::uint32_t>(load_.integer(7));
    work.delivery.restarted_at = to_timestamp(load_.integer(8));
    work.delivery.slot_at = to_timestamp(load_.integer(9));
    work.delivery.id = state_.ids.make(seq, work.delivery.created_at);
    work.event = std::move(event);
    return work;
}

void Claimer::forget_event(std::int64_t seq) { cache_.remove(seq); }

void Claimer::release(const std::vector<DeliveryId>& deliveries)
{
    for (const auto& id : deliveries) {
        const auto row = state_.ids.find(id);
        if (!row) continue;
        const auto held = state_.claims.drop(row->seq);
        if (!held) continue;
        state_.claims.close_lane(held->subscriber, held->lane, false);
        state_.claims.rewind(held->subscriber, held->lane, {});
    }
}

std::vector<Backlog> Claimer::backlog()
{
    std::vector<Backlog> waiting;
    std::int64_t subscriber = 0;
    std::int64_t lane = 0;
    for (bool first = true;; first = false) {
        next_lane_.with(first ? std::int64_t{-1} : subscriber, lane);
        const ResetGuard guard{next_lane_};
        if (!next_lane_.step()) return waiting;
        subscriber = next_lane_.integer(0);
        lane = next_lane_.integer(1);
        waiting.push_back({next_lane_.id<TenantId>(4), next_lane_.id<SubscriptionId>(3),
                           static_cast<Lane>(lane), to_timestamp(next_lane_.integer(2))});
    }
}

void Claimer::close_lanes_with_rows()
{
    for (const auto& lane : backlog()) {
        const auto tenant = state_.interned.tenant(lane.tenant);
        const auto subscriber = state_.interned.subscriber(tenant, lane.subscription);
        state_.claims.close_lane(subscriber, lane.lane, true);
    }
}

Claimer::News Claimer::apply_effects(bool somebody_listens)
{
    News news;
    auto& effects = state_.effects;
    for (const auto seq : effects.settled) state_.claims.drop(seq);
    apply_moved(news);
    for (const auto& accepted : effects.accepted) {
        const auto& event = accepted.append->event;
        const auto& recipient = accepted.append->recipients[accepted.recipient];
        state_.newest_accepted = std::max(state_.newest_accepted, to_integer(event->received_at));
        if (!somebody_listens) state_.claims.close_lane(accepted.subscriber, Lane::fresh, true);
        const auto admission = state_.claims.admit(accepted.seq, accepted.subscriber, Lane::fresh);
        if (admission != Claims::Admission::hand_over) {
            const Claims::Position at{to_integer(event->received_at), accepted.seq};
            state_.claims.rewind(accepted.subscriber, Lane::fresh, at);
            if (admission == Claims::Admission::announce)
                news.backlog.push_back(
                    {event->tenant, recipient.subscription, Lane::fresh, event->received_at});
            continue;
        }
        auto& delivery = news.works.emplace_back(Work{{}, event}).delivery;
        delivery.tenant = event->tenant;
        delivery.id = state_.ids.make(accepted.seq, event->received_at);
        delivery.event = event->id;
        delivery.subscription = recipient.subscription;
        delivery.state = DeliveryState::in_flight;
        delivery.order_key = recipient.order_key;
        delivery.created_at = delivery.due_at = event->received_at;
    }
    effects.clear();
    return news;
}

void Claimer::apply_moved(News& news)
{
    for (const auto& moved : state_.effects.moved) {
        state_.claims.rewind(moved.subscriber, moved.lane, moved.position);
        if (!moved.due_now) continue;
        state_.claims.close_lane(moved.subscriber, moved.lane, moved.announce.has_value());
        if (!moved.announce) continue;
        const auto same = [&](const Backlog& other) {
            return other.subscription == moved.announce->subscription
                   && other.lane == moved.announce->lane;
        };
        // One call per lane and batch is enough: rows moved together come one after another.
        if (news.backlog.empty() || !same(news.backlog.back()))
            news.backlog.push_back(*moved.announce);
    }
}

}  // namespace katydid::store::sqlite
