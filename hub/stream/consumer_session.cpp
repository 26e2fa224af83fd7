#include "hub/stream/consumer_session.hpp"

#include "hub/stream/frames.hpp"
#include "hub/stream/refusal.hpp"

#include <algorithm>
#include <utility>

namespace katydid::stream {

using handlers::stream::HandoverPtr;

namespace {

constexpr milliseconds join_interval_max{2'000};

}  // namespace

ConsumerSession::ConsumerSession(std::unique_ptr<LiveSessions::Place> place, MailboxPtr mailbox,
                                 Asked asked, FindOwner find_owner,
                                 std::shared_ptr<Membership> membership)
    : mailbox_{std::move(mailbox)},
      place_{std::move(place)},
      asked_{asked},
      find_owner_{std::move(find_owner)},
      membership_{std::move(membership)},
      self_{membership_->consumer()}
{}

awaitable<Said> ConsumerSession::next(SteadyTime until)
{
    if (!std::exchange(said_hello_, true)) co_return Saying{"hello", {}, write_hello(self_)};
    while (!mailbox_->is_stopped()) {
        auto said = mailbox_->empty() ? Said{} : say(mailbox_->take());
        if (!std::holds_alternative<std::monostate>(said)) co_return said;
        if (!mailbox_->empty()) continue;
        const auto now = SteadyTime::clock::now();
        if (join_at_ && *join_at_ <= now) {
            co_await join_again();
            continue;
        }
        const auto end = ends_at();
        if (end && *end <= now) co_return Closing{going_away, "the hub is ending"};
        if (std::exchange(owes_pong_, false)) co_return Saying{"pong", {}, write_pong()};
        if (until <= now) break;
        auto wake = end ? std::min(*end, until) : until;
        if (join_at_) wake = std::min(*join_at_, wake);
        co_await mailbox_->wait(wake);
    }
    co_return Said{};
}

/// While the hub drains: at once when nothing is held any more. nullopt: it does not drain.
std::optional<SteadyTime> ConsumerSession::ends_at() const
{
    const auto since = place_->draining_since();
    if (!since) return std::nullopt;
    return held_.empty() ? *since : *since + LiveSessions::drain_grace;
}

/// monostate: there is nothing to say of it.
Said ConsumerSession::say(Message message)
{
    if (std::holds_alternative<Moved>(message)) {
        leave();
        return {};
    }
    if (auto* closing = std::get_if<Closing>(&message)) {
        set_credit(0);
        return std::move(*closing);
    }
    if (auto* notice = std::get_if<Notice>(&message)) {
        const bool begins = place_->draining_since().has_value() && !is_draining_;
        if (begins) set_credit(0);
        is_draining_ = is_draining_ || begins;
        return Saying{begins ? "draining" : "error", {}, std::move(notice->text)};
    }
    if (auto* revoked = std::get_if<Revoked>(&message)) {
        let_go(revoked->delivery);
        return Saying{"revoked", {}, write_revoked(revoked->delivery, revoked->reason)};
    }
    const auto& handover = *std::get<HandoverPtr>(message);
    if (asked_.hears) held_.insert(handover.delivery);
    return Saying{"delivery", handover.delivery.to_string(), write_delivery(handover)};
}

void ConsumerSession::let_go(DeliveryId delivery)
{
    held_.erase(delivery);
    if (held_.empty()) mailbox_->wake();
}

void ConsumerSession::set_credit(std::uint32_t credit)
{
    asked_.credit = credit;
    if (membership_) membership_->set_credit(credit);
}

/// What it holds is not in its hands any more, wherever the subscription is now.
void ConsumerSession::leave()
{
    membership_.reset();
    join_at_ = SteadyTime::clock::now();
    for (const auto& delivery : held_)
        mailbox_->put(Revoked{delivery, "the subscription has moved to another hub"});
}

awaitable<void> ConsumerSession::join_again()
{
    handlers::stream::Terms terms;
    terms.credit = asked_.credit;
    auto joined = co_await join(find_owner_, asked_.name, mailbox_->open_port(), terms);
    if (joined.has_value()) {
        membership_ = std::move(*joined);
        join_at_.reset();
        join_pause_ = join_pause_min;
        if (asked_.credit != terms.credit) membership_->set_credit(asked_.credit);
        co_return;
    }
    const auto& error = joined.error();
    const bool is_gone = error == errc::not_found || error == errc::conflict;
    if (is_gone) mailbox_->put(Closing{subscription_gone, error.message});
    join_at_ = SteadyTime::clock::now() + join_pause_;
    join_pause_ = std::min(2 * join_pause_, join_interval_max);
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
        if (!is_draining_) set_credit(credit->count);
        co_return;
    }
    if (std::holds_alternative<Ping>(*frame)) {
        owes_pong_ = true;
        mailbox_->wake();
        co_return;
    }
    auto* answer = std::get_if<Answer>(&*frame);
    const auto delivery = answer != nullptr ? answer->delivery
                                            : std::get<Extension>(*frame).delivery;
    const auto membership = membership_;  // it may move meanwhile
    if (!membership) {
        refuse(delivery.to_string() + " is not in your hands: the subscription is moving");
        co_return;
    }
    auto asked = answer != nullptr ? membership->answer(std::move(*answer))
                                   : membership->extend(delivery);
    const bool is_mine = co_await std::move(asked);
    if (!is_mine)
        refuse(delivery.to_string()
               + " is not in your hands: it was answered, revoked or never yours");
    else if (answer != nullptr) let_go(delivery);
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
    auto joined = co_await join(parts.find_owner, asked.name, mailbox->open_port(), terms);
    if (joined.has_error()) {
        refusal = refusal_of(joined.error());
        co_return nullptr;
    }
    co_return std::make_unique<ConsumerSession>(std::move(place), std::move(mailbox), asked,
                                                parts.find_owner, std::move(*joined));
}

}  // namespace katydid::stream
