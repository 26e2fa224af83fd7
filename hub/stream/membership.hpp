// A consumer's place at the subscription it consumes.
#pragma once

#include "handlers/stream/stream_handler.hpp"
#include "hub/stream/frames.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <vector>

namespace katydid::stream {

/// The loop that owns a subscription, and what hands its deliveries out there.
struct Owner {
    asio::any_io_executor executor;
    handlers::stream::StreamHandler* handler = nullptr;
};

/// Speaks to the owner's loop from the connection's. Leaves when it goes.
///
/// Lifetime: the owner outlives it. Thread safety: none; the connection's loop.
class Membership {
public:
    Membership(Owner owner, SubscriptionId subscription, ConsumerId consumer)
        : owner_{std::move(owner)},
          subscription_{subscription},
          consumer_{consumer}
    {}
    /// What the consumer holds is given back, unless it retired.
    ~Membership();
    Membership(const Membership&) = delete;
    Membership& operator=(const Membership&) = delete;

    /// Errors: those of StreamHandler::attach(). Cancellation: none, here and below; each call is
    /// one step on the owner's loop.
    static awaitable<result<std::unique_ptr<Membership>>>
    join(Owner owner, SubscriptionId subscription,
         std::shared_ptr<handlers::stream::Consumer> consumer, handlers::stream::Terms terms);

    [[nodiscard]] ConsumerId consumer() const noexcept { return consumer_; }
    /// False: the delivery is not in this consumer's hands.
    awaitable<bool> answer(Answer answer);
    awaitable<bool> extend(DeliveryId delivery);
    void set_credit(std::uint32_t credit);
    /// It takes nothing more, and what it holds may still be answered. When this returns, all that
    /// was handed over to it has been posted to its loop.
    awaitable<void> retire();

private:
    Owner owner_;
    SubscriptionId subscription_;
    ConsumerId consumer_;
    bool retired_ = false;
};

/// Answers for the consumers that hold them. Of each: whether one does.
awaitable<std::vector<bool>> answer_all(Owner owner, SubscriptionId subscription,
                                        std::vector<Answer> answers);

}  // namespace katydid::stream
