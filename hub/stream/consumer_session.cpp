#include "hub/stream/consumer_session.hpp"

#include "hub/stream/frames.hpp"
#include "hub/stream/refusal.hpp"

#include <algorithm>
#include <utility>

namespace katydid::stream {

using handlers::stream::HandoverPtr;

ConsumerSession::ConsumerSession(std::unique_ptr<LiveSessions::Place> place, MailboxPtr mailbox,
                                 std::unique_ptr<Membership> membership, bool hears)
    : mailbox_{std::move(mailbox)},
      place_{std::move(place)},
      membership_{std::move(membership)},
      hears_{hears}
{}

awaitable<Said> ConsumerSession::next(SteadyTime until)
{
    if (!std::exchange(said_hello_, true))
        co_return Saying{"hello", {}, write_hello(membership_->consumer())};
    while (!mailbox_->is_stopped()) {
        if (!mailbox_->empty()) co_return say(mailbox_->take());
        const auto now = SteadyTime::clock::now();
        const auto end = ends_at();
        if (end && *end <= now) co_return Closing{going_away, "the hub is ending"};
        if (until <= now) break;
        const auto wake = end ? std::min(*end, until) : until;
        co_await mailbox_->wait(wake);
    }
    co_return Said{};
}

/// While the hub drains: at once when nothing is held any more. nullopt: it does not drain.
std::optional<SteadyTime> ConsumerSession::ends_at() const
{
    const auto since = place_->draining_since();
    if (!since) return std::nullopt;
    return held_ == 0 ? *since : *since + LiveSessions::drain_grace;
}

Said ConsumerSession::say(Message message)
{
    if (auto* closing = std::get_if<Closing>(&message)) {
        membership_->set_credit(0);
        return std::move(*closing);
    }
    if (auto* notice = std::get_if<Notice>(&message)) {
        const bool begins = place_->draining_since().has_value() && !is_draining_;
        if (begins) membership_->set_credit(0);
        is_draining_ = is_draining_ || begins;
        return Saying{begins ? "draining" : "error", {}, std::move(notice->text)};
    }
    if (auto* revoked = std::get_if<Revoked>(&message)) {
        let_go();
        return Saying{"revoked", {}, write_revoked(revoked->delivery, revoked->reason)};
    }
    const auto& handover = *std::get<HandoverPtr>(message);
    if (hears_) ++held_;
    return Saying{"delivery", handover.delivery.to_string(), write_delivery(handover)};
}

void ConsumerSession::let_go() noexcept
{
    if (held_ > 0) --held_;
    if (held_ == 0) mailbox_->wake();
}

awaitable<void> ConsumerSession::hear(std::string text)
{
    if (mailbox_->is_closing()) co_return;
    auto frame = read_frame(text);
    if (frame.has_error()) {
        refuse(frame.error().message);
        co_return;
    }
    if (const auto* credit = std::get_if<Credit>(&*frame)) {
        if (!is_draining_) membership_->set_credit(credit->count);
        co_return;
    }
    auto* answer = std::get_if<Answer>(&*frame);
    const auto delivery = answer != nullptr ? answer->delivery
                                            : std::get<Extension>(*frame).delivery;
    auto asked = answer != nullptr ? membership_->answer(std::move(*answer))
                                   : membership_->extend(delivery);
    const bool is_mine = co_await std::move(asked);
    if (!is_mine)
        refuse(delivery.to_string()
               + " is not in your hands: it was answered, revoked or never yours");
    else if (answer != nullptr) let_go();
}

void ConsumerSession::refuse(std::string detail)
{
    if (errors_ == errors_max) return;  // it is being closed
    mailbox_->put(Notice{write_error(detail)});
    if (++errors_ == errors_max) close(policy_violation, "too many frames that make no sense");
}

void ConsumerSession::close(std::uint16_t code, std::string reason)
{
    mailbox_->put(Closing{code, std::move(reason)});
}

awaitable<std::unique_ptr<Conversation>> open_consumer(LiveSessions& sessions, Visitor visitor,
                                                       ConsumerSession::Asked asked,
                                                       http::Response& refusal)
{
    const auto& parts = sessions.parts();
    auto mailbox = std::make_shared<Mailbox>(parts.executor);
    auto place = sessions.admit(std::move(visitor), mailbox, refusal);
    if (!place) co_return nullptr;
    handlers::stream::Terms terms;
    terms.credit = asked.credit;
    auto owner = parts.owner_of(asked.subscription);
    auto joined = co_await Membership::join(std::move(owner), asked.subscription, mailbox, terms);
    if (joined.has_error()) {
        refusal = refusal_of(joined.error());
        co_return nullptr;
    }
    co_return std::make_unique<ConsumerSession>(std::move(place), std::move(mailbox),
                                                std::move(*joined), asked.hears);
}

}  // namespace katydid::stream
