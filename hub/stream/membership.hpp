// A consumer's place at the subscription it consumes, wherever that is owned.
#pragma once

#include "handlers/stream/consumer.hpp"
#include "handlers/stream/consumers.hpp"
#include "hub/core/async/asio.hpp"
#include "hub/core/error.hpp"
#include "hub/store/owners.hpp"
#include "hub/stream/frames.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace katydid::stream {

/// Leaves when it goes: what the consumer holds is given back, unless it retired.
///
/// Cancellation: none of its calls; each is one step on the owner's loop, or one exchange with the
/// owner's hub. Thread safety: none; the connection's loop.
class Membership {
public:
    explicit Membership(ConsumerId consumer) : consumer_{consumer} {}
    virtual ~Membership() = default;
    Membership(const Membership&) = delete;
    Membership& operator=(const Membership&) = delete;

    [[nodiscard]] ConsumerId consumer() const noexcept { return consumer_; }
    /// False: the delivery is not in this consumer's hands.
    virtual awaitable<bool> answer(Answer answer) = 0;
    virtual awaitable<bool> extend(DeliveryId delivery) = 0;
    virtual void set_credit(std::uint32_t credit) = 0;
    /// It takes nothing more, and what it holds may still be answered. When this returns, all that
    /// was handed over to it has been posted to its loop.
    virtual awaitable<void> retire() = 0;

private:
    const ConsumerId consumer_;
};

/// Who hands out the deliveries of a subscription: a loop of this hub (loop_owner.hpp), or another
/// hub (hub/peers/).
class Owner {
public:
    virtual ~Owner() = default;
    /// Errors: those of StreamHandler::attach(); store_unavailable when the hub cannot be reached.
    virtual awaitable<result<std::unique_ptr<Membership>>>
    join(store::SubscriptionName name, std::shared_ptr<handlers::stream::Consumer> consumer,
         handlers::stream::Terms terms)
        = 0;
    /// Answers for the consumers that hold them. Of each: whether one does.
    virtual awaitable<std::vector<bool>>
    answer_all(store::SubscriptionName name, std::vector<Answer> answers) = 0;
};

using OwnerPtr = std::shared_ptr<Owner>;
/// From any loop. Errors: store_unavailable while it is not known.
using FindOwner = std::function<awaitable<result<OwnerPtr>>(store::SubscriptionName)>;

/// Finds the owner and joins it. Errors: those of both.
awaitable<result<std::unique_ptr<Membership>>> join(FindOwner find, store::SubscriptionName name,
                                                    std::shared_ptr<handlers::stream::Consumer> as,
                                                    handlers::stream::Terms terms);

}  // namespace katydid::stream
