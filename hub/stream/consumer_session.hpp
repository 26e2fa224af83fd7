// A consumer's conversation: deliveries out, answers in.
#pragma once

#include "hub/core/error.hpp"
#include "hub/stream/conversation.hpp"
#include "hub/stream/membership.hpp"
#include "hub/stream/live_sessions.hpp"

#include <memory>
#include <unordered_set>

namespace katydid::stream {

constexpr std::string_view consumer_protocol = "katydid.v1";
constexpr std::uint32_t credit_max = 1'000;

/// Says hello and hands deliveries over; takes acks, nacks, extensions, credit and pings. A frame
/// that makes no sense is answered by an `error` and changes nothing; after many of them it ends.
///
/// When another hub gets the subscription, or the hub that had it ends, what the consumer holds is
/// revoked and the session joins the new owner; the consumer need not know.
///
/// Thread safety: none; the connection's loop.
class ConsumerSession final : public Conversation {
public:
    static constexpr unsigned errors_max = 100;
    static constexpr milliseconds join_pause_min{200};

    struct Asked {
        store::SubscriptionName name;
        std::uint32_t credit = 16;
        /// Answers come on this connection; else by POST …/ack.
        bool hears = true;
    };

    ConsumerSession(std::unique_ptr<LiveSessions::Place> place, MailboxPtr mailbox, Asked asked,
                    FindOwner find_owner, std::shared_ptr<Membership> membership);

    awaitable<Said> next(SteadyTime until) override;
    awaitable<void> hear(std::string text) override;
    void close(std::uint16_t code, std::string reason) override;
    void stop() override { mailbox_->stop(); }
    [[nodiscard]] bool is_over() const override { return mailbox_->is_stopped(); }

private:
    [[nodiscard]] Said say(Message message);
    [[nodiscard]] std::optional<SteadyTime> ends_at() const;
    void refuse(std::string detail);
    void let_go(DeliveryId delivery);
    void set_credit(std::uint32_t credit);
    void leave();
    awaitable<void> join_again();

    MailboxPtr mailbox_;
    std::unique_ptr<LiveSessions::Place> place_;
    Asked asked_;
    FindOwner find_owner_;
    std::shared_ptr<Membership> membership_;  ///< null: on the way to another owner
    ConsumerId self_;
    std::optional<SteadyTime> join_at_{};
    milliseconds join_pause_ = join_pause_min;  ///< doubles: each try asks the store
    bool said_hello_ = false;
    bool is_draining_ = false;
    bool owes_pong_ = false;               ///< one for all pings that came since
    std::unordered_set<DeliveryId> held_;  ///< that it may still answer here
    unsigned errors_ = 0;
};

/// Admits a visitor and makes it a consumer. nullptr: `refusal` says why not.
awaitable<std::unique_ptr<Conversation>> open_consumer(LiveSessions& sessions, Visitor visitor,
                                                       ConsumerSession::Asked asked,
                                                       http::Response& refusal);

}  // namespace katydid::stream
