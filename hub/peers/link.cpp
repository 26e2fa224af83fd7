#include "hub/peers/link.hpp"

#include "hub/observe/log.hpp"
#include "hub/peers/listening.hpp"

namespace katydid::peers {
namespace {

namespace json = boost::json;

constexpr milliseconds answer_time{10'000};

}  // namespace

/// Null: it cannot be reached, or does not have our key.
awaitable<ChannelPtr> Link::connect()
{
    Channel::Stream stream{parts_.executor, parts_.tls.client()};
    auto channel = std::make_shared<Channel>(std::move(stream));
    const auto endpoint = parse_endpoint(parts_.address);
    const auto begun = co_await channel->begin(endpoint);
    if (begun) co_return channel;
    log::warn("peer.unreachable", "another hub of the same store cannot be reached",
              {{"address", parts_.address}, {"reason", begun.error().message}});
    co_return nullptr;
}

awaitable<bool> Link::open()
{
    if (is_open()) co_return true;
    if (is_closed_) co_return false;
    if (is_opening_) {
        co_await opened_.wait();
        co_return is_open();
    }
    if (channel_) lose();  // it is closed, but run() has not come to its end yet
    is_opening_ = true;
    opened_.reset();
    const auto self = shared_from_this();
    auto made = co_await connect();
    is_opening_ = false;
    if (made && is_closed_) made.reset();
    if (made) {
        channel_ = made;
        asio::co_spawn(parts_.executor, run(self, made), log::OnFailure{"peer.ended"});
    }
    opened_.set();
    if (is_open()) parts_.on_opened();
    co_return is_open();
}

awaitable<void> Link::run(std::shared_ptr<Link> self, ChannelPtr channel)
{
    std::function<void(Frame)> on_frame = [self](Frame frame) { self->hear(std::move(frame)); };
    co_await channel->run(std::move(on_frame));
    if (self->channel_ == channel) self->lose();
}

void Link::lose()
{
    channel_.reset();
    const auto sessions = std::exchange(sessions_, {});
    for (const auto& [number, consumer] : sessions) consumer->moved();
    const auto asked = std::exchange(asked_, {});
    for (const auto& [number, each] : asked) each->answered.set();
}

void Link::close()
{
    is_closed_ = true;
    if (channel_) channel_->close();
}

void Link::tell(const json::object& head)
{
    if (is_open()) channel_->send(head);
}

awaitable<result<Frame>> Link::ask(json::object head)
{
    const auto self = shared_from_this();
    const bool is_there = co_await open();
    if (!is_there)
        co_return Error{errc::store_unavailable, "The hub that owns the subscription cannot be"
                                                 " reached at the moment: try again."};
    const auto number = ++next_;
    const auto asked = std::make_shared<Asked>();
    asked_[number] = asked;
    head["ask"] = number;
    channel_->send(head);
    const auto until = SteadyTime::clock::now() + answer_time;
    co_await asked->answered.wait(until);
    asked_.erase(number);
    if (asked->answer) co_return std::move(*asked->answer);
    co_return Error{errc::store_unavailable, "The hub that owns the subscription did not answer."};
}

awaitable<result<std::uint64_t>> Link::join(store::SubscriptionName name,
                                            std::shared_ptr<handlers::stream::Consumer> consumer,
                                            std::uint32_t credit, ConsumerId& made)
{
    const bool is_there = co_await open();
    if (!is_there) co_return Error{errc::store_unavailable, "The owner cannot be reached."};
    const auto session = ++next_;
    sessions_[session] = std::move(consumer);
    json::object head{{"do", "join"},
                      {"session", session},
                      {"tenant", name.tenant.to_string()},
                      {"subscription", name.subscription.to_string()},
                      {"credit", credit}};
    const auto answer = co_await ask(std::move(head));
    if (answer.has_error()) {
        leave(session);
        co_return answer.error();
    }
    if (const auto* consumer_id = answer->head.if_contains("consumer")) {
        made = ConsumerId::parse(consumer_id->as_string()).value_or(ConsumerId{});
        co_return session;
    }
    sessions_.erase(session);
    const auto code = static_cast<errc>(answer->head.at("code").to_number<int>());
    co_return Error{code, text_of(answer->head, "message")};
}

void Link::leave(std::uint64_t session)
{
    if (sessions_.erase(session) > 0) tell({{"do", "leave"}, {"session", session}});
}

void Link::hear(Frame frame)
{
    const auto what = text_of(frame.head, "do");
    if (what == "ping") return;
    if (what == "answer") {
        const auto found = asked_.find(frame.head.at("ask").to_number<std::uint64_t>());
        if (found == asked_.end()) return;
        found->second->answer = std::move(frame);
        found->second->answered.set();
        return;
    }
    if (what == "happened") return parts_.on_told(frame);
    const auto found = sessions_.find(frame.head.at("session").to_number<std::uint64_t>());
    if (found == sessions_.end()) return;  // it has left
    const auto consumer = found->second;
    if (what == "moved" || what == "end") leave(found->first);  // there, its place is still kept
    if (what == "moved") return consumer->moved();
    if (what == "end") return consumer->end(text_of(frame.head, "reason"));
    const auto delivery = DeliveryId::parse(text_of(frame.head, "delivery")).value();
    if (what == "revoke") return consumer->revoke(delivery, text_of(frame.head, "reason"));
    auto handover = std::make_shared<handlers::stream::Handover>();
    handover->delivery = delivery;
    handover->written = std::move(frame.body);
    consumer->deliver(std::move(handover));
}

}  // namespace katydid::peers
