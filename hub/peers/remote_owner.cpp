#include "hub/core/async/on_executor.hpp"
#include "hub/peers/link.hpp"

#include <boost/asio/post.hpp>

namespace katydid::peers {
namespace {

namespace json = boost::json;
using stream::Answer;
using stream::Membership;

json::object answer_json(const Answer& answer)
{
    return {{"delivery", answer.delivery.to_string()}, {"outcome", to_json(answer.outcome)}};
}

// What runs on the peers' loop.

/// Which of them were known; none where the other hub did not answer.
awaitable<std::vector<bool>> ask_known(LinkPtr link, json::object head, std::size_t count)
{
    const auto answer = co_await link->ask(std::move(head));
    std::vector<bool> known(count);
    if (answer.has_error()) co_return known;
    const auto& list = answer->head.at("known").as_array();
    for (std::size_t i = 0; i < count; ++i) known[i] = list.at(i).as_bool();
    co_return known;
}

awaitable<result<ConsumerId>> join_there(LinkPtr link, store::SubscriptionName name,
                                         std::shared_ptr<handlers::stream::Consumer> consumer,
                                         std::uint32_t credit, std::uint64_t& session)
{
    ConsumerId made;
    const auto joined = co_await link->join(name, std::move(consumer), credit, made);
    if (joined.has_error()) co_return joined.error();
    session = *joined;
    co_return made;
}

class RemoteMembership final : public Membership {
public:
    RemoteMembership(asio::any_io_executor executor, LinkPtr link, std::uint64_t session,
                     ConsumerId consumer)
        : Membership{consumer},
          executor_{std::move(executor)},
          link_{std::move(link)},
          session_{session}
    {}
    ~RemoteMembership() override
    {
        if (!retired_)
            asio::post(executor_, [link = link_, session = session_] { link->leave(session); });
    }

    awaitable<bool> answer(Answer answer) override
    {
        auto head = answer_json(answer);
        head["do"] = "answer";
        head["session"] = session_;
        return ask_one(std::move(head));
    }
    awaitable<bool> extend(DeliveryId delivery) override
    {
        json::object head{
            {"do", "extend"}, {"session", session_}, {"delivery", delivery.to_string()}};
        return ask_one(std::move(head));
    }
    void set_credit(std::uint32_t credit) override
    {
        asio::post(executor_, [link = link_, session = session_, credit] {
            link->tell({{"do", "credit"}, {"session", session}, {"credit", credit}});
        });
    }
    awaitable<void> retire() override
    {
        retired_ = true;
        json::object head{{"do", "retire"}, {"session", session_}};
        auto work = ask_known(link_, std::move(head), 0);
        co_await on_executor(executor_, std::move(work));
        asio::post(executor_, [link = link_, session = session_] { link->leave(session); });
    }

private:
    awaitable<bool> ask_one(json::object head)
    {
        auto work = ask_known(link_, std::move(head), 1);
        const auto known = co_await on_executor(executor_, std::move(work));
        co_return known.front();
    }

    asio::any_io_executor executor_;
    LinkPtr link_;
    std::uint64_t session_;
    bool retired_ = false;
};

class RemoteOwner final : public stream::Owner {
public:
    RemoteOwner(asio::any_io_executor executor, LinkPtr link)
        : executor_{std::move(executor)},
          link_{std::move(link)}
    {}

    awaitable<result<std::unique_ptr<Membership>>>
    join(store::SubscriptionName name, std::shared_ptr<handlers::stream::Consumer> consumer,
         handlers::stream::Terms terms) override
    {
        std::uint64_t session = 0;
        auto work = join_there(link_, name, std::move(consumer), terms.credit, session);
        const auto joined = co_await on_executor(executor_, std::move(work));
        if (joined.has_error()) co_return joined.error();
        co_return std::make_unique<RemoteMembership>(executor_, link_, session, *joined);
    }

    awaitable<std::vector<bool>> answer_all(store::SubscriptionName name,
                                            std::vector<Answer> answers) override
    {
        json::array list;
        for (const auto& each : answers) list.push_back(answer_json(each));
        json::object head{{"do", "answer_all"},
                          {"tenant", name.tenant.to_string()},
                          {"subscription", name.subscription.to_string()},
                          {"answers", std::move(list)}};
        auto work = ask_known(link_, std::move(head), answers.size());
        return on_executor(executor_, std::move(work));
    }

private:
    asio::any_io_executor executor_;
    LinkPtr link_;
};

}  // namespace

stream::OwnerPtr make_remote_owner(asio::any_io_executor executor, LinkPtr link)
{
    return std::make_shared<RemoteOwner>(std::move(executor), std::move(link));
}

}  // namespace katydid::peers
