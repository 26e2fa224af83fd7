#include "tests/store/memory/memory_data.hpp"

#include <algorithm>

namespace katydid::test {

using namespace store;

namespace {

/// Sorts by time of creation, then by number.
DeliveryId make_id(std::uint64_t number, Timestamp created_at)
{
    IdBytes bytes{};
    auto time = static_cast<std::uint64_t>(to_integer(created_at));
    for (std::size_t i = 6; i-- > 0; time >>= 8U) bytes[i] = static_cast<std::uint8_t>(time);
    for (std::size_t i = 16; i-- > 8; number >>= 8U) bytes[i] = static_cast<std::uint8_t>(number);
    return DeliveryId{bytes};
}

}  // namespace

MemoryData::MemoryData(std::uint32_t window_per_subscription) : claims_{window_per_subscription} {}

void MemoryData::restart(std::uint32_t window_per_subscription)
{
    const auto before = std::exchange(claims_, Claims{window_per_subscription});
    news = {};
    for (const auto& [id, row] : rows_)
        if (before.find(id) != nullptr) index(row);
    for (const auto& lane : backlog()) claims_.close_lane(lane.subscription, lane.lane, true);
}

Appended MemoryData::append(const Append& append)
{
    const PreparedAppend prepared{append};
    auto answer = recognise(prepared);
    if (answer.duplicate || answer.refused) return answer;
    auto event = append.event;
    if (answer.repeat_of) {
        auto repeat = std::make_shared<Event>(*event);
        repeat->repeat_of = answer.repeat_of;
        event = std::move(repeat);
    }
    events_.push_back(event);
    newest_accepted_ = std::max(newest_accepted_, event->received_at);
    tally_.accepted(event->tenant, event->received_at);
    flush_activity();
    answer.deliveries = static_cast<std::uint32_t>(append.recipients.size());
    for (const auto& recipient : append.recipients) {
        Delivery delivery;
        delivery.tenant = event->tenant;
        delivery.event = event->id;
        delivery.subscription = recipient.subscription;
        delivery.order_key = recipient.order_key;
        delivery.created_at = delivery.due_at = event->received_at;
        hand_over(add_row(std::move(delivery), event));
    }
    return answer;
}

std::vector<Appended> MemoryData::append_all(const std::vector<Append>& appends)
{
    std::vector<Appended> answers;
    answers.reserve(appends.size());
    for (const auto& each : appends) answers.push_back(append(each));
    return answers;
}

Appended MemoryData::recognise(const PreparedAppend& prepared)
{
    const auto& event = *prepared.append.event;
    Appended answer;
    answer.event = event.id;
    for (const auto& key : prepared.keys) {
        const auto found = known_.find({event.tenant, std::string{key.text()}});
        if (found == known_.end()) continue;
        const auto& known = found->second;
        if (key.is_same) {
            answer = {known.event, true, prepared.is_same_payload(known.digest, key)};
            break;
        }
        if (!answer.repeat_of) answer.repeat_of = known.event;
    }
    answer.refused = answer.repeat_of && prepared.append.identity.refuses_repeats;
    if (answer.refused) {
        answer.event = *answer.repeat_of;
        return answer;
    }
    for (const auto& key : prepared.keys)
        known_.emplace(std::pair{event.tenant, std::string{key.text()}},
                       Known{answer.event, std::string{prepared.digest_for(key)}});
    return answer;
}

MemoryData::Row& MemoryData::add_row(Delivery delivery, EventPtr event)
{
    const auto number = ++last_number_;
    if (delivery.id.is_nil()) delivery.id = make_id(number, delivery.created_at);
    auto& row = rows_[delivery.id];
    row = {std::move(delivery), std::move(event), {}, 0, number};
    return row;
}

void MemoryData::hand_over(Row& row)
{
    const auto& delivery = row.delivery;
    if (!is_heard) claims_.close_lane(delivery.subscription, delivery.lane, true);
    const auto admission = claims_.admit(delivery.id, delivery.subscription, delivery.lane);
    if (admission == Claims::Admission::hand_over) {
        news.works.push_back(work_of(row));
        return;
    }
    index(row);
    if (admission == Claims::Admission::announce)
        news.backlog.push_back(
            {delivery.tenant, delivery.subscription, delivery.lane, delivery.due_at});
}

Work MemoryData::work_of(const Row& row) const
{
    Work work{row.delivery, row.event};
    work.delivery.state = DeliveryState::in_flight;
    return work;
}

Claimed MemoryData::claim(const Claim& claim)
{
    Claimed claimed;
    auto& waiting = waiting_[{claim.tenant, claim.subscription, claim.lane}];
    // Whatever was accepted is due, also for a claim that was made before.
    const auto now = claim.lane == Lane::fresh ? std::max(claim.now, newest_accepted_) : claim.now;
    const auto is_due = [&] {
        return !waiting.empty() && std::get<Timestamp>(*waiting.begin()) <= now;
    };
    while (is_due() && claimed.works.size() < claim.count_max) {
        auto& row = rows_.at(std::get<DeliveryId>(*waiting.begin()));
        waiting.erase(waiting.begin());
        if (erased_.contains(row.delivery.event)) {
            row.delivery.state = DeliveryState::dead;
            row.delivery.reason = erased_reason;
            row.delivery.ended_at = claim.now;
            note_ended(row, claim.now);
            continue;
        }
        claims_.hold(row.delivery.id, {claim.subscription, row.delivery.state, claim.lane});
        claimed.works.push_back(work_of(row));
    }
    claimed.exhausted = !is_due();
    if (!claimed.exhausted) return claimed;
    if (!waiting.empty()) claimed.next_due = std::get<Timestamp>(*waiting.begin());
    claims_.open_lane(claim.subscription, claim.lane);
    return claimed;
}

void MemoryData::settle_all(const std::vector<Settlement>& settlements)
{
    for (const auto& each : settlements) settle(each);
}

void MemoryData::settle(const Settlement& settlement)
{
    auto* row = find(settlement.tenant, settlement.delivery);
    const bool is_held = row != nullptr && claims_.drop(settlement.delivery).has_value();
    if (!is_held) ++breaches;
    if (row == nullptr || is_final(row->delivery.state)) return;
    if (!is_held) unindex(*row);
    auto& delivery = row->delivery;
    delivery.reason = settlement.reason;
    if (const auto& attempt = settlement.attempt) {
        if (attempt->number != ++delivery.attempts) ++breaches;
        row->attempts.push_back(*attempt);
        auto& response = row->attempts.back().response;
        if (response.size() > response_bytes_max) response.resize(response_bytes_max);
        row->last_status = attempt->status;
    }
    if (is_final(settlement.state)) finish(*row, settlement);
    else reschedule(*row, settlement);
    tally_.settled(settlement.tenant, settlement);
    flush_activity();
}

void MemoryData::finish(Row& row, const Settlement& settlement)
{
    row.delivery.state = settlement.state;
    row.delivery.ended_at = settlement.settled_at;
}

void MemoryData::reschedule(Row& row, const Settlement& settlement)
{
    auto& delivery = row.delivery;
    delivery.state = settlement.state == DeliveryState::scheduled ? DeliveryState::scheduled
                                                                  : DeliveryState::pending;
    delivery.lane = settlement.lane;
    delivery.due_at = settlement.due_at;
    delivery.slot_at = {};
    if (settlement.attempt && !settlement.is_counted) ++delivery.attempts_before;
    index(row);
    if (settlement.due_at <= settlement.settled_at)
        claims_.close_lane(delivery.subscription, delivery.lane, false);
}

void MemoryData::release(const std::vector<DeliveryId>& deliveries)
{
    for (const auto& id : deliveries) {
        const auto held = claims_.drop(id);
        if (!held) {
            ++breaches;
            continue;
        }
        claims_.close_lane(held->subscriber, held->lane, false);
        index(rows_.at(id));
    }
}

std::vector<Backlog> MemoryData::backlog() const
{
    std::vector<Backlog> all;
    for (const auto& [lane, waiting] : waiting_)
        if (!waiting.empty())
            all.push_back({std::get<TenantId>(lane), std::get<SubscriptionId>(lane),
                           std::get<Lane>(lane), std::get<Timestamp>(*waiting.begin())});
    return all;
}

std::uint64_t MemoryData::redeliver(const Redeliver& order)
{
    std::uint64_t count = 0;
    for (const auto& id : order.deliveries) {
        auto* row = find(order.tenant, id);
        if (row == nullptr || erased_.contains(row->delivery.event)) continue;
        const bool is_own = order.job && row->job == order.job;
        const bool is_waiting = row->delivery.state == DeliveryState::pending || is_claimed(id);
        if (!is_own && is_waiting) continue;
        if (!is_own) make_due(*row, order.lane, order.now, order.job);
        ++count;
    }
    return count;
}

result<std::vector<DeliveryId>> MemoryData::replay(const Replay& order)
{
    const auto event = find_event(order.tenant, order.event);
    if (!event || erased_.contains(order.event))
        return Error{errc::not_found, "There is no event " + order.event.to_string()
                                          + ", or its payload was erased."};
    std::vector<DeliveryId> ids;
    for (const auto& recipient : order.recipients) {
        const auto found = std::ranges::find_if(rows_, [&](const auto& each) {
            const auto& delivery = each.second.delivery;
            return delivery.event == order.event && delivery.subscription == recipient.subscription;
        });
        if (found == rows_.end()) {
            Delivery delivery;
            delivery.tenant = order.tenant;
            delivery.event = order.event;
            delivery.subscription = recipient.subscription;
            delivery.lane = Lane::replay;
            delivery.order_key = recipient.order_key;
            delivery.created_at = delivery.due_at = order.now;
            const auto& row = add_row(std::move(delivery), event);
            index(row);
            announce(row);
            ids.push_back(row.delivery.id);
            continue;
        }
        auto& row = found->second;
        if (row.delivery.state != DeliveryState::pending && !is_claimed(found->first))
            make_due(row, Lane::replay, order.now, std::nullopt);
        ids.push_back(found->first);
    }
    return ids;
}

std::uint64_t MemoryData::cancel(const Cancel& order)
{
    std::uint64_t count = 0;
    for (const auto& id : order.deliveries) {
        auto* row = find(order.tenant, id);
        if (row == nullptr || is_final(row->delivery.state) || is_claimed(id)) continue;
        cancel_row(*row, order.reason, order.now);
        ++count;
    }
    return count;
}

std::uint64_t MemoryData::cancel_all(const CancelAll& order)
{
    std::vector<DeliveryId> waiting;
    for (const auto& [id, row] : rows_)
        if (row.delivery.subscription == order.subscription) waiting.push_back(id);
    return cancel({order.tenant, std::move(waiting), order.reason, order.now});
}

Work MemoryData::insert(Delivery delivery, EventPtr event, bool claimed)
{
    const auto& row = add_row(std::move(delivery), std::move(event));
    const auto& added = row.delivery;
    if (claimed) claims_.hold(added.id, {added.subscription, added.state, added.lane});
    else if (!is_final(added.state)) index(row);
    return work_of(row);
}

void MemoryData::end(DeliveryId id, DeliveryState state)
{
    auto& row = rows_.at(id);
    unindex(row);
    row.delivery.state = state;
}

std::size_t MemoryData::count(DeliveryState state) const
{
    return static_cast<std::size_t>(std::ranges::count_if(
        rows_, [&](const auto& each) { return each.second.delivery.state == state; }));
}

std::size_t MemoryData::claimed() const
{
    return static_cast<std::size_t>(
        std::ranges::count_if(rows_, [&](const auto& each) { return is_claimed(each.first); }));
}

MemoryData::Row* MemoryData::find(TenantId tenant, DeliveryId id)
{
    const auto found = rows_.find(id);
    return found == rows_.end() || found->second.delivery.tenant != tenant ? nullptr
                                                                           : &found->second;
}

MemoryData::LaneKey MemoryData::lane_of(const Row& row) const
{
    return {row.delivery.tenant, row.delivery.subscription, row.delivery.lane};
}

MemoryData::Place MemoryData::place_of(const Row& row) const
{
    return {row.delivery.due_at, row.number, row.delivery.id};
}

void MemoryData::index(const Row& row) { waiting_[lane_of(row)].insert(place_of(row)); }

void MemoryData::unindex(const Row& row) { waiting_[lane_of(row)].erase(place_of(row)); }

void MemoryData::make_due(Row& row, Lane lane, Timestamp now, std::optional<JobId> job)
{
    unindex(row);
    auto& delivery = row.delivery;
    row.job = job;
    row.before = delivery;
    delivery.state = DeliveryState::pending;
    delivery.lane = lane;
    delivery.due_at = delivery.restarted_at = now;
    delivery.ended_at = delivery.slot_at = {};
    if (!job) delivery.reason.clear();
    delivery.attempts_before = delivery.attempts;
    index(row);
    announce(row);
}

/// Tells of work that is due now; one call for rows that were moved together.
void MemoryData::announce(const Row& row)
{
    const auto& delivery = row.delivery;
    claims_.close_lane(delivery.subscription, delivery.lane, true);
    const auto& told = news.backlog;
    const bool is_told = !told.empty() && told.back().subscription == delivery.subscription
                         && told.back().lane == delivery.lane;
    if (!is_told)
        news.backlog.push_back(
            {delivery.tenant, delivery.subscription, delivery.lane, delivery.due_at});
}

void MemoryData::cancel_row(Row& row, const std::string& reason, Timestamp now)
{
    unindex(row);
    row.delivery.state = DeliveryState::cancelled;
    row.delivery.reason = reason;
    row.delivery.ended_at = now;
}

void MemoryData::note_ended(const Row& row, Timestamp at)
{
    tally_.ended(row.delivery.tenant, row.delivery.state, at);
    flush_activity();
}

void MemoryData::flush_activity()
{
    for (const auto& [place, counts] : tally_.rows()) {
        auto& sum = activity_[place];
        sum.accepted += counts.accepted;
        sum.delivered += counts.delivered;
        sum.dead += counts.dead;
        sum.failed += counts.failed;
    }
    tally_.clear();
}

}  // namespace katydid::test
