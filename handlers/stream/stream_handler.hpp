// Deliveries for those who are connected.
#pragma once

#include "handlers/handler.hpp"
#include "handlers/request/writer.hpp"
#include "handlers/stream/consumer.hpp"
#include "handlers/stream/consumers.hpp"
#include "hub/core/async/event.hpp"

#include <functional>
#include <memory>
#include <unordered_map>

namespace katydid::handlers::stream {

/// Hands each delivery to a consumer and waits for its answer.
///
/// A consumer is a handler that happens to be connected: while the answer is awaited the call is
/// under way, so the subscription's limits, order and retries hold without knowing of consumers.
/// capacity() keeps dispatch from starting what none can take; what loses its consumer is given
/// back, untried. Not answered by its deadline is a failed attempt.
/// Thread safety: none; all calls on the loop that owns the subscriptions.
class StreamHandler final : public Handler {
public:
    struct Parts {
        const Clock& clock;
        request::Writer::Parts writer;
        /// Dispatcher::capacity_changed().
        std::function<void(SubscriptionId)> on_capacity;
        std::uint64_t seed = 1;  ///< of the consumers' ids
    };

    /// However often a consumer asks for more time, it has no more than this.
    static constexpr std::chrono::hours held_max{12};

    explicit StreamHandler(Parts parts);
    ~StreamHandler() override;

    awaitable<Outcome> handle(Call call) override;
    [[nodiscard]] std::optional<std::uint32_t> capacity(SubscriptionId id) const override;
    [[nodiscard]] bool keeps_time() const noexcept override { return true; }

    /// A new or changed subscription, of any kind of handler. One that is disabled, or is not a
    /// stream any more, loses its consumers.
    void put_subscription(const SubscriptionPtr& subscription);
    void remove_subscription(SubscriptionId id);

    /// Errors: not_found when it is not a stream, conflict when it is disabled.
    [[nodiscard]] result<ConsumerId> attach(SubscriptionId id, std::shared_ptr<Consumer> consumer,
                                            Terms terms);
    /// The connection ended: what it holds is given back.
    void detach(SubscriptionId id, ConsumerId consumer);
    /// The consumer takes nothing more; what it holds waits for its answer.
    void retire(SubscriptionId id, ConsumerId consumer);
    void set_credit(SubscriptionId id, ConsumerId consumer, std::uint32_t credit);

    /// What a delivery came to. False: it is in no consumer's hands, or not in those of `by`.
    /// \param by  nullopt: any consumer that holds it
    bool answer(SubscriptionId id, std::optional<ConsumerId> by, DeliveryId delivery,
                Outcome outcome);
    /// Starts its time anew. The new deadline; nullopt as answer().
    std::optional<Timestamp> extend(SubscriptionId id, std::optional<ConsumerId> by,
                                    DeliveryId delivery);

    /// Subscriptions with consumers.
    [[nodiscard]] std::vector<SubscriptionPtr> consumed() const;
    /// Another hub owns the subscription: its consumers are to join there.
    void move_consumers(SubscriptionId id);

    /// The hub ends: no consumer is taken any more. Returns when all have gone; those that have not
    /// by then are sent away, and everything in hands is given back. Cancellation: none.
    awaitable<void> drain(SteadyTime until);

private:
    struct Hand;
    struct Place;
    class Holding;

    [[nodiscard]] std::shared_ptr<Place> find(SubscriptionId id) const;
    [[nodiscard]] Hand* find_hand(SubscriptionId id, std::optional<ConsumerId> by,
                                  DeliveryId delivery) const;
    awaitable<Outcome> wait(Place& place, Hand& hand, std::string timeout);
    void settle(Place& place, Hand& hand, Outcome outcome);
    void give_back(Place& place, DeliveryId delivery);
    void end_consumers(Place& place, const std::string& reason);
    /// Takes all from them; `say` is what they hear last.
    void dismiss(Place& place, const std::string& reason,
                 const std::function<void(Consumer&)>& say);
    void tell_capacity(Place& place);
    [[nodiscard]] bool has_consumers() const;

    Parts parts_;
    request::Writer writer_;
    IdSource ids_;
    std::unordered_map<SubscriptionId, std::shared_ptr<Place>> places_;
    AsyncEvent left_;  ///< set when a consumer has gone
    bool stopped_ = false;
};

}  // namespace katydid::handlers::stream
