#include "hub/stream/mailbox.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace katydid::stream {

void Mailbox::deliver(handlers::stream::HandoverPtr handover) { post(std::move(handover)); }

void Mailbox::revoke(DeliveryId delivery, std::string reason)
{
    post(Revoked{delivery, std::move(reason)});
}

void Mailbox::end(std::string reason) { post(Closing{subscription_gone, std::move(reason)}); }

void Mailbox::post(Message message)
{
    asio::post(executor_, [self = shared_from_this(), message = std::move(message)]() mutable {
        self->put(std::move(message));
    });
}

void Mailbox::put(Message message)
{
    if (stopped_ || closing_) return;
    closing_ = std::holds_alternative<Closing>(message);
    if (const auto* revoked = std::get_if<Revoked>(&message))
        if (drop_unsaid(revoked->delivery)) return;
    messages_.push_back(std::move(message));
    arrived_.set();
}

bool Mailbox::drop_unsaid(DeliveryId delivery)
{
    const auto unsaid = std::ranges::find_if(messages_, [&](const Message& each) {
        const auto* handover = std::get_if<handlers::stream::HandoverPtr>(&each);
        return handover != nullptr && (*handover)->delivery == delivery;
    });
    if (unsaid == messages_.end()) return false;
    messages_.erase(unsaid);
    return true;
}

void Mailbox::stop()
{
    stopped_ = true;
    messages_.clear();
    arrived_.set();
}

Message Mailbox::take()
{
    auto message = std::move(messages_.front());
    messages_.pop_front();
    return message;
}

awaitable<void> Mailbox::wait(SteadyTime until)
{
    if (!messages_.empty() || stopped_) co_return;
    arrived_.reset();
    co_await arrived_.wait(until);
}

}  // namespace katydid::stream
