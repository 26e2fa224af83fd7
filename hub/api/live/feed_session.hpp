// The feed: what happens in a tenant, for people and screens.
#pragma once

#include "hub/api/api.hpp"
#include "hub/api/live/feed_reader.hpp"
#include "hub/stream/audience.hpp"
#include "hub/stream/conversation.hpp"
#include "hub/stream/live_sessions.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <unordered_set>

namespace katydid::api {

constexpr std::string_view feed_protocol = "katydid.feed.v1";

/// What one reader asked for.
struct FeedQuery {
    TenantId tenant;
    std::vector<std::string> types{};    ///< patterns; empty: any
    std::vector<std::string> sources{};  ///< empty: any
    SubscriptionPtr subscription{};      ///< null: any
    bool deliveries = false;
    bool attempts = false;
    std::optional<EventId> after{};  ///< nullopt: from now on
    /// False where only some subscriptions are open to the reader: which events those got is not
    /// known of an event, only of a delivery.
    bool events = true;
};

/// Whether the reader wants to see the event: by its type and source, and those that the
/// subscription asks for. Pure.
[[nodiscard]] bool wants(const FeedQuery& query, const Event& event);

/// Says what the loop's Audience is told, where a slow reader has a gap. Who resumes after an event
/// first gets those after it from the store, and then the feed goes on where they ended, without
/// gap or repeat.
///
/// Thread safety: none; the connection's loop.
class FeedSession final : public stream::Conversation {
public:
    struct Parts {
        store::Store& store;
        stream::Audience& audience;
        FeedReader& reader;
        stream::MailboxPtr mailbox;
        std::unique_ptr<stream::LiveSessions::Place> place;
    };

    FeedSession(Parts parts, FeedQuery query);

    /// Where it begins, read before the reader is told that it does.
    awaitable<result<void>> begin();

    awaitable<stream::Said> next(SteadyTime until) override;
    awaitable<void> hear(std::string text) override;
    void close(std::uint16_t code, std::string reason) override;
    void stop() override { parts_.mailbox->stop(); }
    [[nodiscard]] bool is_over() const override { return parts_.mailbox->is_stopped(); }

private:
    /// What is at hand without waiting. monostate: nothing.
    [[nodiscard]] stream::Said say();
    [[nodiscard]] stream::Said say_told();
    void keep_unsaid(const stream::Batch& batch);
    /// Those that were committed after it.
    [[nodiscard]] store::EventQuery after_event(EventId event) const;
    /// Remembers what the feed's reader may still tell of what came before `after`.
    awaitable<result<void>> pass_over_earlier();
    /// The next page of those that it has not got. Then it is live, once there are none.
    awaitable<result<void>> catch_up();
    awaitable<result<void>> go_live();

    Parts parts_;
    FeedQuery query_;
    std::unique_ptr<stream::Audience::Seat> seat_;
    bool is_live_ = false;
    std::optional<SteadyTime> counts_since_;  ///< since then its seat counts events
    std::deque<stream::Saying> sayings_;      ///< that come first: the page that was read last
    /// Read lately, or got before it resumed: the feed's reader may be behind, and tell them again.
    /// Two sets, so that it is bounded while much is read; dropped soon after it is live.
    std::unordered_set<std::string> said_;
    std::unordered_set<std::string> said_before_;
};

}  // namespace katydid::api
