#include "handlers/stream/stream_handler.hpp"

#include "hub/core/subscription/subscription.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>

namespace katydid::handlers::stream {

/// One delivery that waits for its answer. It lives in the call's coroutine.
struct StreamHandler::Hand {
    DeliveryId delivery;
    SteadyTime started{};
    SteadyTime deadline{};
    milliseconds timeout{0};
    AsyncEvent ended{};
    std::optional<Outcome> outcome{};
};

/// One subscription. Calls under way keep it, so that it may be removed meanwhile.
struct StreamHandler::Place {
    SubscriptionPtr subscription;
    Consumers consumers{};
    std::unordered_map<ConsumerId, std::shared_ptr<Consumer>> connections{};
    std::unordered_map<DeliveryId, Hand*> hands{};
    std::uint32_t capacity_told = 0;

    [[nodiscard]] std::shared_ptr<Consumer> connection_of(DeliveryId delivery) const
    {
        const auto holder = consumers.holder_of(delivery);
        const auto found = holder ? connections.find(*holder) : connections.end();
        return found == connections.end() ? nullptr : found->second;
    }
};

/// Keeps a hand in the table while its call is under way, however that ends.
class StreamHandler::Holding {
public:
    Holding(StreamHandler& handler, Place& place, Hand& hand)
        : handler_{handler},
          place_{place},
          hand_{hand}
    {
        place_.hands[hand_.delivery] = &hand_;
    }
    ~Holding()
    {
        if (hand_.outcome) return;
        // The call was cut off.
        if (const auto connection = place_.connection_of(hand_.delivery))
            connection->revoke(hand_.delivery, "the hub ends");
        handler_.settle(place_, hand_, Outcome::not_tried());
    }
    Holding(const Holding&) = delete;
    Holding& operator=(const Holding&) = delete;

private:
    StreamHandler& handler_;
    Place& place_;
    Hand& hand_;
};

StreamHandler::StreamHandler(Parts parts)
    : parts_{std::move(parts)},
      writer_{parts_.writer},
      ids_{parts_.clock, parts_.seed}
{}

StreamHandler::~StreamHandler() = default;

std::shared_ptr<StreamHandler::Place> StreamHandler::find(SubscriptionId id) const
{
    const auto found = places_.find(id);
    return found == places_.end() ? nullptr : found->second;
}

std::optional<std::uint32_t> StreamHandler::capacity(SubscriptionId id) const
{
    const auto place = find(id);
    return place ? place->consumers.capacity() : 0;
}

awaitable<Outcome> StreamHandler::handle(Call call)
{
    const auto place = find(call.subscription->id);
    if (!place || place->consumers.capacity() == place->hands.size())
        co_return Outcome::not_tried();
    auto written = writer_.write(call);
    if (written.has_error()) co_return request::outcome_of(written.error());
    const auto consumer = place->consumers.assign(call.delivery, written->body->size());
    if (!consumer) co_return Outcome::not_tried();
    Hand hand{call.delivery, parts_.clock.steady_now(), call.deadline.at,
              call.subscription->timeout};
    const Holding holding{*this, *place, hand};
    tell_capacity(*place);

    auto handover = std::make_shared<Handover>();
    handover->delivery = call.delivery;
    handover->attempt = call.attempt;
    handover->deadline = parts_.clock.now()
                         + std::chrono::floor<milliseconds>(hand.deadline - hand.started);
    handover->event = std::move(call.event);
    handover->headers = std::move(written->headers);
    handover->body = std::move(written->body);
    place->connections.at(*consumer)->deliver(std::move(handover));
    auto timeout = to_duration_text(hand.timeout);
    co_return co_await wait(*place, hand, std::move(timeout));
}

/// Until the answer, or until the deadline, which may move meanwhile.
awaitable<Outcome> StreamHandler::wait(Place& place, Hand& hand, std::string timeout)
{
    bool is_cut = false;
    while (!hand.outcome && !is_cut) {
        try {
            co_await hand.ended.wait(hand.deadline);
        } catch (const boost::system::system_error&) {
            is_cut = true;
        }
        if (hand.outcome || is_cut || parts_.clock.steady_now() < hand.deadline) continue;
        const auto why = "not acknowledged within " + timeout;
        if (const auto connection = place.connection_of(hand.delivery))
            connection->revoke(hand.delivery, why);
        auto failed = Outcome::failed(why);
        failed.outcome = AttemptClass::timed_out;
        settle(place, hand, std::move(failed));
    }
    co_return hand.outcome.value_or(Outcome::not_tried());
}

/// Takes a delivery out of the consumer's hands.
void StreamHandler::settle(Place& place, Hand& hand, Outcome outcome)
{
    hand.outcome = std::move(outcome);
    place.hands.erase(hand.delivery);
    const auto holder = place.consumers.holder_of(hand.delivery);
    place.consumers.release(hand.delivery);
    if (holder && !place.consumers.contains(*holder)) place.connections.erase(*holder);
    hand.ended.set();
    tell_capacity(place);
}

void StreamHandler::tell_capacity(Place& place)
{
    const auto capacity = place.consumers.capacity();
    if (capacity == place.capacity_told) return;
    place.capacity_told = capacity;
    parts_.on_capacity(place.subscription->id);
}

void StreamHandler::put_subscription(const SubscriptionPtr& subscription)
{
    if (subscription->handler.kind != HandlerKind::stream) {
        const auto known = find(subscription->id);
        if (known) end_consumers(*known, "the subscription is not a stream any more");
        places_.erase(subscription->id);
        return;
    }
    auto& place = places_[subscription->id];
    if (!place) place = std::make_shared<Place>();
    place->subscription = subscription;
    if (subscription->status == SubscriptionStatus::disabled)
        end_consumers(*place, "the subscription is disabled");
}

void StreamHandler::remove_subscription(SubscriptionId id)
{
    const auto place = find(id);
    if (!place) return;
    end_consumers(*place, "the subscription was deleted");
    places_.erase(id);
}

result<ConsumerId> StreamHandler::attach(SubscriptionId id, std::shared_ptr<Consumer> consumer,
                                         Terms terms)
{
    const auto place = find(id);
    if (!place) return Error{errc::not_found, "There is no such stream subscription."};
    if (stopped_) return Error{errc::store_unavailable, "The hub is ending: connect again."};
    if (place->subscription->status == SubscriptionStatus::disabled)
        return Error{errc::conflict, "The subscription is disabled."};
    const auto made = ids_.make<ConsumerId>();
    place->connections.emplace(made, std::move(consumer));
    place->consumers.add(made, terms);
    tell_capacity(*place);
    return made;
}

void StreamHandler::give_back(Place& place, DeliveryId delivery)
{
    const auto found = place.hands.find(delivery);
    if (found == place.hands.end()) return;
    auto& hand = *found->second;
    settle(place, hand, Outcome::not_tried());
}

void StreamHandler::detach(SubscriptionId id, ConsumerId consumer)
{
    const auto place = find(id);
    if (!place) return;
    const auto dropped = place->consumers.remove(consumer);
    place->connections.erase(consumer);
    tell_capacity(*place);
    for (const auto& delivery : dropped) give_back(*place, delivery);
    left_.set();
}

void StreamHandler::retire(SubscriptionId id, ConsumerId consumer)
{
    const auto place = find(id);
    if (!place) return;
    place->consumers.retire(consumer);
    if (!place->consumers.contains(consumer)) place->connections.erase(consumer);
    tell_capacity(*place);
    left_.set();
}

void StreamHandler::set_credit(SubscriptionId id, ConsumerId consumer, std::uint32_t credit)
{
    const auto place = find(id);
    if (!place) return;
    place->consumers.set_credit(consumer, credit);
    tell_capacity(*place);
}

StreamHandler::Hand* StreamHandler::find_hand(SubscriptionId id, std::optional<ConsumerId> by,
                                              DeliveryId delivery) const
{
    const auto place = find(id);
    if (!place) return nullptr;
    const auto found = place->hands.find(delivery);
    const bool is_held = found != place->hands.end();
    if (!is_held || (by && place->consumers.holder_of(delivery) != by)) return nullptr;
    return found->second;
}

bool StreamHandler::answer(SubscriptionId id, std::optional<ConsumerId> by, DeliveryId delivery,
                           Outcome outcome)
{
    auto* hand = find_hand(id, by, delivery);
    if (hand == nullptr) return false;
    settle(*find(id), *hand, std::move(outcome));
    return true;
}

std::optional<Timestamp> StreamHandler::extend(SubscriptionId id, std::optional<ConsumerId> by,
                                               DeliveryId delivery)
{
    auto* hand = find_hand(id, by, delivery);
    if (hand == nullptr) return std::nullopt;
    const auto now = parts_.clock.steady_now();
    hand->deadline = std::min(std::max(hand->deadline, now + hand->timeout),
                              hand->started + held_max);
    return parts_.clock.now() + std::chrono::floor<milliseconds>(hand->deadline - now);
}

/// Everything they hold is given back before they are told, so that none answers it any more.
void StreamHandler::dismiss(Place& place, const std::string& reason,
                            const std::function<void(Consumer&)>& say)
{
    const auto connections = std::exchange(place.connections, {});
    for (const auto& [id, connection] : connections) {
        for (const auto& delivery : place.consumers.remove(id)) {
            give_back(place, delivery);
            connection->revoke(delivery, reason);
        }
        say(*connection);
    }
    tell_capacity(place);
}

void StreamHandler::end_consumers(Place& place, const std::string& reason)
{
    dismiss(place, reason, [&reason](Consumer& consumer) { consumer.end(reason); });
}

void StreamHandler::move_consumers(SubscriptionId id)
{
    const auto place = find(id);
    if (!place) return;
    dismiss(*place, "another hub owns the subscription",
            [](Consumer& consumer) { consumer.moved(); });
}

std::vector<SubscriptionPtr> StreamHandler::consumed() const
{
    std::vector<SubscriptionPtr> found;
    for (const auto& [id, place] : places_)
        if (place->consumers.size() > 0) found.push_back(place->subscription);
    return found;
}

bool StreamHandler::has_consumers() const
{
    return std::ranges::any_of(places_,
                               [](const auto& each) { return each.second->consumers.size() > 0; });
}

awaitable<void> StreamHandler::drain(SteadyTime until)
{
    stopped_ = true;
    while (has_consumers() && SteadyTime::clock::now() < until) {
        left_.reset();
        co_await left_.wait(until);
    }
    for (const auto& [id, place] : places_) end_consumers(*place, "the hub ends");
}

}  // namespace katydid::handlers::stream
