#include "hub/stream/poll.hpp"

#include "hub/stream/refusal.hpp"

#include <algorithm>

namespace katydid::stream {
namespace {

using handlers::stream::HandoverPtr;
using Handovers = std::vector<HandoverPtr>;

constexpr milliseconds wait_min{100};

Handovers take_all(Mailbox& mailbox)
{
    Handovers taken;
    while (!mailbox.empty()) {
        auto message = mailbox.take();
        if (std::holds_alternative<Moved>(message)) taken.clear();
        if (auto* handover = std::get_if<HandoverPtr>(&message))
            taken.push_back(std::move(*handover));
        if (const auto* revoked = std::get_if<Revoked>(&message))
            std::erase_if(taken, [&](const HandoverPtr& each) {
                return each->delivery == revoked->delivery;
            });
    }
    return taken;
}

}  // namespace

awaitable<std::optional<Handovers>> poll(LiveSessions& sessions, Visitor visitor,
                                         store::SubscriptionName name, std::uint32_t max,
                                         milliseconds wait, http::Response& refusal)
{
    const auto& parts = sessions.parts();
    const auto mailbox = std::make_shared<Mailbox>(parts.executor);
    const auto place = sessions.admit(std::move(visitor), mailbox, refusal);
    if (!place) co_return std::nullopt;
    handlers::stream::Terms terms;
    terms.credit = max;
    const auto joined = co_await join(parts.find_owner, name, mailbox->open_port(), terms);
    if (joined.has_error()) {
        refusal = refusal_of(joined.error());
        co_return std::nullopt;
    }
    const auto until = SteadyTime::clock::now() + std::max(wait, wait_min);
    co_await mailbox->wait(until);
    co_await (*joined)->retire();
    co_return take_all(*mailbox);
}

awaitable<void> give_back(LiveSessions& sessions, store::SubscriptionName name, Handovers taken)
{
    std::vector<Answer> answers;
    for (const auto& each : taken) answers.push_back({each->delivery, Outcome::not_tried()});
    co_await answer_all(sessions, name, std::move(answers));
}

awaitable<result<std::vector<bool>>>
answer_all(LiveSessions& sessions, store::SubscriptionName name, std::vector<Answer> answers)
{
    auto owner = co_await sessions.parts().find_owner(name);
    if (owner.has_error()) co_return owner.error();
    auto known = co_await (*owner)->answer_all(name, std::move(answers));
    co_return known;
}

}  // namespace katydid::stream
