#include "hub/store/postgres/write/writer_state.hpp"

#include "hub/store/shared/encoding.hpp"

namespace katydid::store::postgres {
namespace {

constexpr std::size_t cache_bytes_max = 8U << 20U;
/// How long a server may take to end the transaction of a connection that was lost.
constexpr std::chrono::minutes doubt_time{5};
/// One reading of the settings is enough for all calls that are refused meanwhile.
constexpr milliseconds moved_interval{100};
/// Followed by the id of the hub that changed them.
const std::string settings_changed = "S";
constexpr std::array all_lanes{Lane::fresh, Lane::retry, Lane::replay};

bool is_same_lane(const Backlog& one, const Backlog& other)
{
    return one.tenant == other.tenant && one.subscription == other.subscription
           && one.lane == other.lane;
}

}  // namespace

WriterState::WriterState(const PostgresOptions& chosen)
    : options{chosen},
      claims{chosen.window_per_subscription},
      cache{cache_bytes_max},
      missed_notifications{""},
      ids_{clock_, random_seed()}
{}

DeliveryId WriterState::make_delivery_id(Timestamp created_at)
{
    clock_.at = created_at;
    return ids_.make<DeliveryId>();
}

Notifications WriterState::notifications_for(CommitEffects& effects) const
{
    Notifications notifications{channel};
    const auto at = now();
    for (auto& accepted : effects.accepted) {
        const auto& event = *accepted.append->event;
        const Subscriber subscriber{event.tenant,
                                    accepted.append->recipients[accepted.recipient].subscription};
        accepted.told = ownership.find_active(subscriber, at) == nullptr;
        if (accepted.told) notifications.add(subscriber, Lane::fresh, event.received_at);
    }
    for (auto& moved : effects.moved) {
        moved.told = moved.announce && ownership.find_active(moved.subscriber, at) == nullptr;
        if (moved.told)
            notifications.add(moved.subscriber, moved.lane, to_timestamp(moved.position.due_at));
    }
    return notifications;
}

void WriterState::tell_settings(Connection& connection, const CommitEffects& effects) const
{
    if (!effects.has_settings) return;
    notify(connection, channel, settings_changed + ownership.self.to_string());
}

void WriterState::note_settings() const
{
    if (auto* hears = listener.load()) hears->on_settings_changed();
}

void WriterState::note_moved()
{
    const auto at = SteadyTime::clock::now();
    if (at - moved_told_at_ < moved_interval) return;
    moved_told_at_ = at;
    note_settings();
}

bool WriterState::is_news_of_settings(const std::string& payload) const
{
    return payload.starts_with(settings_changed)
           && payload != settings_changed + ownership.self.to_string();
}

void WriterState::apply(CommitEffects& effects)
{
    std::vector<Work> works;
    std::vector<Backlog> backlog;
    for (const auto& subscriber : effects.leases) ownership.confirm(subscriber);
    for (const auto& id : effects.settled) claims.drop(id);
    apply_moved(effects, backlog);
    apply_accepted(effects, works, backlog);
    effects.clear();
    auto* hears = listener.load();
    if (hears == nullptr) return;
    if (!works.empty()) hears->on_work(std::move(works));
    for (const auto& waiting : backlog) announce(waiting);
    if (const auto refused = std::exchange(refused_settlements, 0); refused > 0)
        hears->on_refused_settlements(refused);
}

void WriterState::drop(CommitEffects& effects)
{
    for (const auto& subscriber : effects.leases) {
        const auto* owned = ownership.find(subscriber);
        if (owned != nullptr && owned->is_provisional) ownership.forget(subscriber);
    }
    effects.clear();
}

void WriterState::apply_moved(const CommitEffects& effects, std::vector<Backlog>& backlog)
{
    for (const auto& moved : effects.moved) {
        const auto due = to_timestamp(moved.position.due_at);
        if (ownership.find(moved.subscriber) == nullptr) {
            if (moved.announce && !moved.told)
                missed_notifications.add(moved.subscriber, moved.lane, due);
            continue;
        }
        claims.rewind(moved.subscriber, moved.lane, moved.position);
        if (!moved.due_now) continue;
        claims.close_lane(moved.subscriber, moved.lane, moved.announce);
        if (!moved.announce) continue;
        const Backlog waiting{moved.subscriber.tenant, moved.subscriber.subscription, moved.lane,
                              due};
        // One call per lane and batch is enough: rows moved together come one after another.
        if (backlog.empty() || !is_same_lane(backlog.back(), waiting)) backlog.push_back(waiting);
    }
}

void WriterState::apply_accepted(const CommitEffects& effects, std::vector<Work>& works,
                                 std::vector<Backlog>& backlog)
{
    const auto at = now();
    const bool somebody_listens = listener.load() != nullptr;
    for (const auto& accepted : effects.accepted) {
        const auto& event = accepted.append->event;
        const auto& recipient = accepted.append->recipients[accepted.recipient];
        const Subscriber subscriber{event->tenant, recipient.subscription};
        newest_accepted = std::max(newest_accepted, event->received_at);
        const auto* owned = ownership.find_active(subscriber, at);
        if (owned == nullptr) {
            if (!accepted.told)
                missed_notifications.add(subscriber, Lane::fresh, event->received_at);
            continue;
        }
        if (!somebody_listens) claims.close_lane(subscriber, Lane::fresh, true);
        const auto admission = claims.admit(accepted.id, subscriber, Lane::fresh);
        if (admission != Claims::Admission::hand_over) {
            claims.rewind(subscriber, Lane::fresh, {to_integer(event->received_at), accepted.id});
            if (admission == Claims::Admission::announce)
                backlog.push_back(
                    {event->tenant, recipient.subscription, Lane::fresh, event->received_at});
            continue;
        }
        auto& work = works.emplace_back(Work{{}, event, owned->lease});
        work.delivery.tenant = event->tenant;
        work.delivery.id = accepted.id;
        work.delivery.event = event->id;
        work.delivery.subscription = recipient.subscription;
        work.delivery.state = DeliveryState::in_flight;
        work.delivery.order_key = recipient.order_key;
        work.delivery.created_at = work.delivery.due_at = event->received_at;
    }
}

bool WriterState::gain(const Subscriber& subscriber, std::int64_t token)
{
    if (!ownership.take(subscriber, token)) return false;
    claims.forget(subscriber);
    for (const auto lane : all_lanes) claims.close_lane(subscriber, lane, false);
    return true;
}

void WriterState::lose(const Subscriber& subscriber)
{
    ownership.lose(subscriber);
    claims.forget(subscriber);
}

void WriterState::note_backlog(const Backlog& waiting)
{
    const Subscriber subscriber{waiting.tenant, waiting.subscription};
    if (ownership.find(subscriber) == nullptr) return;
    claims.close_lane(subscriber, waiting.lane, true);
    announce(waiting);
}

void WriterState::open_empty_lanes(const Subscriber& subscriber)
{
    for (const auto lane : all_lanes)
        if (!claims.is_announced(subscriber, lane)) claims.open_lane(subscriber, lane);
}

void WriterState::note_work(const Notifications::Lanes& lane)
{
    const auto& subscriber = lane.subscriber;
    if (ownership.find(subscriber) == nullptr) return;
    if (lane.lane == Lane::fresh) newest_accepted = std::max(newest_accepted, lane.due);
    claims.rewind(subscriber, lane.lane, {to_integer(lane.due), {}});
    if (claims.note_work(subscriber, lane.lane))
        announce({subscriber.tenant, subscriber.subscription, lane.lane, lane.due});
}

void WriterState::suspect_lanes()
{
    doubtful_until_ = SteadyTime::clock::now() + doubt_time;
    for (const auto& subscriber : ownership.all()) {
        for (const auto lane : all_lanes) {
            claims.close_lane(subscriber, lane, false);
            claims.rewind(subscriber, lane, {});
        }
    }
}

void WriterState::note_duplicate(const Append& append)
{
    if (SteadyTime::clock::now() >= doubtful_until_) return;
    for (const auto& recipient : append.recipients)
        note_work({{append.event->tenant, recipient.subscription}, Lane::fresh, {}});
}

void WriterState::announce(const Backlog& waiting) const
{
    if (auto* hears = listener.load())
        hears->on_backlog(waiting.tenant, waiting.subscription, waiting.lane, waiting.next_due);
}

void WriterState::announce_hubs() const
{
    const auto& hubs = ownership.hubs();
    const auto self = std::lower_bound(hubs.begin(), hubs.end(), ownership.self);
    if (self == hubs.end() || *self != ownership.self) return;  // not joined yet, or taken for dead
    if (auto* hears = listener.load())
        hears->on_hubs(static_cast<std::size_t>(self - hubs.begin()), hubs.size());
}

void WriterState::warn(const std::string& sentence) const
{
    if (options.warn) options.warn(sentence);
}

}  // namespace katydid::store::postgres
