#include "hub/stream/membership.hpp"

#include "hub/core/async/on_executor.hpp"

#include <boost/asio/post.hpp>

namespace katydid::stream {

using handlers::stream::Consumer;
using handlers::stream::StreamHandler;
using handlers::stream::Terms;

namespace {

// What runs on the owner's loop.

awaitable<result<ConsumerId>> attach(StreamHandler& handler, SubscriptionId subscription,
                                     std::shared_ptr<Consumer> consumer, Terms terms)
{
    co_return handler.attach(subscription, std::move(consumer), terms);
}

awaitable<bool> answer_there(StreamHandler& handler, SubscriptionId subscription, ConsumerId by,
                             Answer answer)
{
    co_return handler.answer(subscription, by, answer.delivery, std::move(answer.outcome));
}

awaitable<bool> extend_there(StreamHandler& handler, SubscriptionId subscription, ConsumerId by,
                             DeliveryId delivery)
{
    co_return handler.extend(subscription, by, delivery).has_value();
}

awaitable<void> retire_there(StreamHandler& handler, SubscriptionId subscription,
                             ConsumerId consumer)
{
    handler.retire(subscription, consumer);
    co_return;
}

awaitable<std::vector<bool>> answer_all_there(StreamHandler& handler, SubscriptionId subscription,
                                              std::vector<Answer> answers)
{
    std::vector<bool> known;
    known.reserve(answers.size());
    for (auto& each : answers)
        known.push_back(
            handler.answer(subscription, std::nullopt, each.delivery, std::move(each.outcome)));
    co_return known;
}

}  // namespace

Membership::~Membership()
{
    if (retired_) return;
    asio::post(owner_.executor,
               [handler = owner_.handler, subscription = subscription_, consumer = consumer_] {
                   handler->detach(subscription, consumer);
               });
}

awaitable<result<std::unique_ptr<Membership>>>
Membership::join(Owner owner, SubscriptionId subscription, std::shared_ptr<Consumer> consumer,
                 Terms terms)
{
    auto work = attach(*owner.handler, subscription, std::move(consumer), terms);
    const auto attached = co_await on_executor(owner.executor, std::move(work));
    if (attached.has_error()) co_return attached.error();
    co_return std::make_unique<Membership>(std::move(owner), subscription, *attached);
}

awaitable<bool> Membership::answer(Answer answer)
{
    auto work = answer_there(*owner_.handler, subscription_, consumer_, std::move(answer));
    return on_executor(owner_.executor, std::move(work));
}

awaitable<bool> Membership::extend(DeliveryId delivery)
{
    auto work = extend_there(*owner_.handler, subscription_, consumer_, delivery);
    return on_executor(owner_.executor, std::move(work));
}

void Membership::set_credit(std::uint32_t credit)
{
    asio::post(owner_.executor,
               [handler = owner_.handler, subscription = subscription_, consumer = consumer_,
                credit] { handler->set_credit(subscription, consumer, credit); });
}

awaitable<void> Membership::retire()
{
    retired_ = true;
    auto work = retire_there(*owner_.handler, subscription_, consumer_);
    return on_executor(owner_.executor, std::move(work));
}

awaitable<std::vector<bool>> answer_all(Owner owner, SubscriptionId subscription,
                                        std::vector<Answer> answers)
{
    auto work = answer_all_there(*owner.handler, subscription, std::move(answers));
    return on_executor(std::move(owner.executor), std::move(work));
}

}  // namespace katydid::stream
