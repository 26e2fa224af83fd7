#include "hub/stream/loop_owner.hpp"

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

class LoopMembership final : public Membership {
public:
    LoopMembership(asio::any_io_executor executor, StreamHandler& handler,
                   SubscriptionId subscription, ConsumerId consumer)
        : Membership{consumer},
          executor_{std::move(executor)},
          handler_{handler},
          subscription_{subscription}
    {}
    ~LoopMembership() override
    {
        if (retired_) return;
        asio::post(executor_, [&handler = handler_, subscription = subscription_, by = consumer()] {
            handler.detach(subscription, by);
        });
    }

    awaitable<bool> answer(Answer answer) override
    {
        auto work = answer_there(handler_, subscription_, consumer(), std::move(answer));
        return on_executor(executor_, std::move(work));
    }
    awaitable<bool> extend(DeliveryId delivery) override
    {
        auto work = extend_there(handler_, subscription_, consumer(), delivery);
        return on_executor(executor_, std::move(work));
    }
    void set_credit(std::uint32_t credit) override
    {
        asio::post(executor_, [&handler = handler_, subscription = subscription_, by = consumer(),
                               credit] { handler.set_credit(subscription, by, credit); });
    }
    awaitable<void> retire() override
    {
        retired_ = true;
        auto work = retire_there(handler_, subscription_, consumer());
        return on_executor(executor_, std::move(work));
    }

private:
    asio::any_io_executor executor_;
    StreamHandler& handler_;
    SubscriptionId subscription_;
    bool retired_ = false;
};

}  // namespace

awaitable<result<std::unique_ptr<Membership>>>
LoopOwner::join(store::SubscriptionName name, std::shared_ptr<Consumer> consumer, Terms terms)
{
    auto work = attach(handler_, name.subscription, std::move(consumer), terms);
    const auto attached = co_await on_executor(executor_, std::move(work));
    if (attached.has_error()) co_return attached.error();
    co_return std::make_unique<LoopMembership>(executor_, handler_, name.subscription, *attached);
}

awaitable<std::vector<bool>> LoopOwner::answer_all(store::SubscriptionName name,
                                                   std::vector<Answer> answers)
{
    auto work = answer_all_there(handler_, name.subscription, std::move(answers));
    return on_executor(executor_, std::move(work));
}

}  // namespace katydid::stream
