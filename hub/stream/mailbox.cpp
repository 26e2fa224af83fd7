#include "hub/stream/mailbox.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace katydid::stream {

class Mailbox::Port final : public handlers::stream::Consumer {
public:
    Port(std::shared_ptr<Mailbox> mailbox, std::uint64_t number)
        : mailbox_{std::move(mailbox)},
          number_{number}
    {}

    void deliver(handlers::stream::HandoverPtr handover) override { post(std::move(handover)); }
    void revoke(DeliveryId delivery, std::string reason) override
    {
        post(Revoked{delivery, std::move(reason)});
    }
    void moved() override { post(Moved{}); }
    void end(std::string reason) override { post(Closing{subscription_gone, std::move(reason)}); }

private:
    void post(Message message)
    {
        asio::post(mailbox_->executor_,
                   [box = mailbox_, number = number_, message = std::move(message)]() mutable {
                       if (number == box->port_) box->put(std::move(message));
                   });
    }

    const std::shared_ptr<Mailbox> mailbox_;
    const std::uint64_t number_;
};

std::shared_ptr<handlers::stream::Consumer> Mailbox::open_port()
{
    std::erase_if(messages_, [](const Message& each) {
        return std::holds_alternative<handlers::stream::HandoverPtr>(each);
    });
    return std::make_shared<Port>(shared_from_this(), ++port_);
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
