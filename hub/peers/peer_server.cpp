#include "hub/peers/peer_server.hpp"

#include "hub/observe/log.hpp"
#include "hub/stream/frames.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <unordered_map>

namespace katydid::peers {
namespace {

namespace json = boost::json;
using stream::Answer;

constexpr milliseconds accept_pause{100};
/// Connections that have not proven the key yet: anyone may open them, and none may open them all.
constexpr std::size_t unproven_max = 64;
constexpr std::size_t unproven_per_address_max = 16;
/// The other hub knows the subscription: what was just made or enabled there is read here this late
/// at most.
constexpr milliseconds join_patience{2'000};
constexpr milliseconds join_pause{50};
/// What happens waits in its box while so much is on its way to a hub, and is missed there.
constexpr std::size_t told_bytes_max = std::size_t{1024} * 1024;

store::SubscriptionName name_of(const json::object& head)
{
    return {TenantId::parse(text_of(head, "tenant")).value(),
            SubscriptionId::parse(text_of(head, "subscription")).value()};
}

Answer answer_of(const json::object& object)
{
    return {DeliveryId::parse(text_of(object, "delivery")).value(),
            outcome_of(object.at("outcome").as_object())};
}

/// What the hub that asks has looked at already, in settings that may be newer than ours.
bool is_stale(const Error& error) { return error == errc::not_found || error == errc::conflict; }

/// A consumer that is connected to another hub.
class RemoteConsumer final : public handlers::stream::Consumer {
public:
    RemoteConsumer(asio::any_io_executor executor, ChannelPtr channel, std::uint64_t session)
        : executor_{std::move(executor)},
          channel_{std::move(channel)},
          session_{session}
    {}

    void deliver(handlers::stream::HandoverPtr handover) override
    {
        send({{"do", "deliver"}, {"delivery", handover->delivery.to_string()}},
             stream::write_delivery(*handover));
    }
    void revoke(DeliveryId delivery, std::string reason) override
    {
        send({{"do", "revoke"}, {"delivery", delivery.to_string()}, {"reason", reason}});
    }
    void moved() override { send({{"do", "moved"}}); }
    void end(std::string reason) override { send({{"do", "end"}, {"reason", reason}}); }

private:
    void send(json::object head, std::string body = {})
    {
        head["session"] = session_;
        asio::post(executor_, [channel = channel_, head = std::move(head), body = std::move(body)] {
            channel->send(head, body);
        });
    }

    const asio::any_io_executor executor_;
    const ChannelPtr channel_;
    const std::uint64_t session_;
};

}  // namespace

/// What one hub asks of this one, over one connection.
class PeerServer::Session : public std::enable_shared_from_this<Session> {
public:
    Session(Parts& parts, ChannelPtr channel) : parts_{parts}, channel_{std::move(channel)} {}

    void hear(Frame frame)
    {
        const auto what = text_of(frame.head, "do");
        if (what == "ping") return;
        if (what == "watch") return watch(frame.head.at("tenants").as_array());
        if (what == "credit") return set_credit(frame.head);
        if (what == "leave") return leave(number_of(frame.head));
        asio::co_spawn(parts_.executor, answer(shared_from_this(), what, std::move(frame.head)),
                       log::OnFailure{"peer.refused"});
    }

    void end()
    {
        has_ended_ = true;
        members_.clear();
        for (const auto& [tenant, box] : boxes_) parts_.happenings.leave(box);
        boxes_.clear();
        channel_->on_second = nullptr;
    }

    void tell()
    {
        for (const auto& [tenant, box] : boxes_) {
            while (channel_->waiting_bytes() < told_bytes_max) {
                const auto told = box->take_told();
                if (!told) break;
                channel_->send({{"do", "happened"},
                                {"tenant", tenant.to_string()},
                                {"subscription", told->subscription.to_string()},
                                {"what", static_cast<int>(told->what)},
                                {"missed", told->missed}},
                               told->text ? std::string_view{*told->text} : std::string_view{});
            }
        }
    }

private:
    using MemberPtr = std::shared_ptr<stream::Membership>;

    static std::uint64_t number_of(const json::object& head)
    {
        return head.at("session").to_number<std::uint64_t>();
    }
    MemberPtr find(const json::object& head) const
    {
        const auto found = members_.find(number_of(head));
        return found == members_.end() ? nullptr : found->second;
    }

    void set_credit(const json::object& head)
    {
        if (const auto member = find(head))
            member->set_credit(head.at("credit").to_number<std::uint32_t>());
    }

    /// One that is only now joining leaves when it has.
    void leave(std::uint64_t number)
    {
        if (members_.erase(number) == 0) left_early_.insert(number);
    }

    static awaitable<void> answer(std::shared_ptr<Session> self, std::string what,
                                  json::object head)
    {
        auto work = what == "join"         ? self->join(head)
                    : what == "retire"     ? self->retire(head)
                    : what == "answer_all" ? self->answer_all(head)
                                           : self->answer_one(what, head);
        auto reply = co_await std::move(work);
        reply["do"] = "answer";
        reply["ask"] = head.at("ask");
        self->channel_->send(reply);
    }

    awaitable<json::object> join(const json::object& head)
    {
        const auto number = number_of(head);
        const auto name = name_of(head);
        auto consumer = std::make_shared<RemoteConsumer>(parts_.executor, channel_, number);
        handlers::stream::Terms terms;
        terms.credit = head.at("credit").to_number<std::uint32_t>();
        const auto owner = parts_.loop_of(name.subscription);
        const auto until = SteadyTime::clock::now() + join_patience;
        auto joined = co_await owner->join(name, consumer, terms);
        while (joined.has_error() && is_stale(joined.error()) && !has_ended_
               && SteadyTime::clock::now() < until) {
            asio::steady_timer pause{parts_.executor, join_pause};
            co_await pause.async_wait(use_tuple);
            auto again = co_await owner->join(name, consumer, terms);
            joined = std::move(again);
        }
        json::object reply;
        if (joined.has_error()) {
            reply["code"] = joined.error().code.value();
            reply["message"] = joined.error().message;
            co_return reply;
        }
        reply["consumer"] = (*joined)->consumer().to_string();
        const bool stays = !has_ended_ && left_early_.erase(number) == 0;
        if (stays) members_[number] = std::move(*joined);
        co_return reply;
    }

    awaitable<json::object> retire(const json::object& head)
    {
        const auto member = find(head);
        if (member) co_await member->retire();
        json::object reply{{"known", json::array{}}};
        co_return reply;
    }

    awaitable<json::object> answer_one(const std::string& what, const json::object& head)
    {
        bool is_known = false;
        if (const auto member = find(head)) {
            auto work = what == "answer"
                            ? member->answer(answer_of(head))
                            : member->extend(DeliveryId::parse(text_of(head, "delivery")).value());
            const bool is_held = co_await std::move(work);
            is_known = is_held;
        }
        json::object reply;
        reply["known"] = json::array(1, is_known);
        co_return reply;
    }

    awaitable<json::object> answer_all(const json::object& head)
    {
        std::vector<Answer> answers;
        for (const auto& each : head.at("answers").as_array())
            answers.push_back(answer_of(each.as_object()));
        const auto name = name_of(head);
        const auto owner = parts_.loop_of(name.subscription);
        const auto known = co_await owner->answer_all(name, std::move(answers));
        json::array list;
        for (const bool each : known) list.push_back(each);
        json::object reply;
        reply["known"] = std::move(list);
        co_return reply;
    }

    /// What the other hub wants to hear of, from now on.
    void watch(const json::array& tenants)
    {
        auto before = std::exchange(boxes_, {});
        for (const auto& each : tenants) {
            const auto& wanted = each.as_object();
            stream::Interest interest;
            interest.tenant = TenantId::parse(text_of(wanted, "tenant")).value();
            interest.deliveries = wanted.at("deliveries").as_bool();
            interest.attempts = wanted.at("attempts").as_bool();
            interest.is_remote = true;
            const auto known = before.find(interest.tenant);
            if (known != before.end() && known->second->interest() == interest) {
                boxes_[interest.tenant] = known->second;
                before.erase(known);
                continue;
            }
            boxes_[interest.tenant] = parts_.happenings.watch(
                interest, parts_.executor, [self = weak_from_this()] {
                    if (const auto session = self.lock()) session->tell();
                });
        }
        for (const auto& [tenant, box] : before) parts_.happenings.leave(box);
    }

    Parts& parts_;
    const ChannelPtr channel_;
    std::unordered_map<std::uint64_t, MemberPtr> members_;
    std::set<std::uint64_t> left_early_;
    std::unordered_map<TenantId, std::shared_ptr<stream::Happenings::Box>> boxes_;
    bool has_ended_ = false;
};

PeerServer::PeerServer(Parts parts, Listening& listening)
    : parts_{std::move(parts)},
      acceptor_{parts_.executor}
{
    acceptor_.assign(listening.protocol(), listening.release());
}

awaitable<void> PeerServer::run()
{
    while (!stopped_) {
        auto [error, socket] = co_await acceptor_.async_accept(use_tuple);
        if (stopped_) break;
        if (error) {
            asio::steady_timer pause{parts_.executor, accept_pause};
            co_await pause.async_wait(use_tuple);
            continue;
        }
        boost::system::error_code gone;
        const http::AddressKey from{socket.remote_endpoint(gone).address()};
        if (gone || !may_prove(from)) continue;  // the socket is closed with it
        Channel::Stream stream{std::move(socket), parts_.tls.server()};
        auto channel = std::make_shared<Channel>(std::move(stream));
        channels_.insert(channel);
        ++unproven_;
        ++unproven_of_[from];
        asio::co_spawn(parts_.executor, serve(channel, from),
                       [this, channel](const std::exception_ptr& failure) {
                           if (failure) log::warn("peer.failed", describe(failure));
                           channel->close();
                           channels_.erase(channel);
                           channel_gone_.set();
                       });
    }
    while (!channels_.empty()) {
        channel_gone_.reset();
        co_await channel_gone_.wait();
    }
}

bool PeerServer::may_prove(const http::AddressKey& from) const
{
    const auto found = unproven_of_.find(from);
    const auto own = found == unproven_of_.end() ? 0 : found->second;
    return unproven_ < unproven_max && own < unproven_per_address_max;
}

awaitable<void> PeerServer::serve(ChannelPtr channel, http::AddressKey from)
{
    const auto begun = co_await channel->begin(std::nullopt);
    --unproven_;
    if (--unproven_of_[from] == 0) unproven_of_.erase(from);
    if (begun.has_error()) {
        log::warn("peer.refused", "who came to the address of the hubs does not have their key",
                  {{"reason", begun.error().message}});
        co_return;
    }
    const auto session = std::make_shared<Session>(parts_, channel);
    channel->on_second = [weak = std::weak_ptr{session}] {
        if (const auto each = weak.lock()) each->tell();
    };
    std::function<void(Frame)> on_frame = [session](Frame frame) {
        session->hear(std::move(frame));
    };
    co_await channel->run(std::move(on_frame));
    session->end();
}

void PeerServer::stop()
{
    stopped_ = true;
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    const auto channels = channels_;
    for (const auto& channel : channels) channel->close();
}

}  // namespace katydid::peers
